using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace Gatehouse.ExtensionHost;

/// <summary>What the extension binds a durable client to for functions that are not .NET: JSON with its addresses.</summary>
public static class ClientBinding
{
    public sealed class Slot
    {
        public string? Text { get; set; }
    }

    private const string Name = "GatehouseClientBinding";

    [NoAutomaticTrigger]
    [FunctionName(Name)]
    public static void Take(Slot slot, [DurableClient] string client) => slot.Text = client;

    public static async Task<string?> ReadAsync(IJobHost host)
    {
        var slot = new Slot();
        await host.CallAsync(Name, new Dictionary<string, object> { ["slot"] = slot });
        return slot.Text;
    }
}
