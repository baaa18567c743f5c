using System.Net.Http.Json;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Gatehouse.ExtensionHost;

/// <summary>A function of the app that the extension calls.</summary>
public sealed record WorkerFunction(string Name, string Trigger);

/// <summary>
/// What a function threw. The message has the form of the Functions host's RpcException, from which the extension takes
/// the state of a failed orchestrator and the message of a failed activity (OutOfProcExceptionHelpers).
/// </summary>
public sealed class RpcException(string message, string stack)
    : Exception($"Result: Failure\nException: {message}\nStack: {stack}");

/// <summary>The Node process that runs the app's functions.</summary>
public sealed class Worker(Uri address) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };

    public async Task<IReadOnlyList<WorkerFunction>> FunctionsAsync() =>
        await http.GetFromJsonAsync<List<WorkerFunction>>("functions")
        ?? throw new InvalidOperationException("The worker named no functions.");

    /// <returns>The value as the Functions host's TypedData.ToObject gives it to an extension.</returns>
    public async Task<object?> InvokeAsync(string name, string? input, string? instanceId)
    {
        using var content = new StringContent(JsonConvert.SerializeObject(new { input, instanceId }));
        using var response = await http.PostAsync($"invoke/{Uri.EscapeDataString(name)}", content);
        response.EnsureSuccessStatusCode();
        // Dates in it are text and have to stay as they were written.
        using var reader = new JsonTextReader(new StringReader(await response.Content.ReadAsStringAsync()))
        {
            DateParseHandling = DateParseHandling.None,
        };
        var answer = JObject.Load(reader);
        if (answer["failure"] is JObject failure)
            throw new RpcException((string)failure["message"]!, (string?)failure["stack"] ?? "");
        return answer["value"] switch
        {
            JObject or JArray => answer["value"],
            JValue { Value: var value } => value,
            _ => null,
        };
    }

    public void Dispose() => http.Dispose();
}
