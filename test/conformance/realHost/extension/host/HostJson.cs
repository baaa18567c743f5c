using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace Gatehouse.ExtensionHost;

/// <summary>What host.json says of extensions.</summary>
public static class HostJson
{
    public static JsonObject Read(string path) =>
        JsonNode.Parse(File.ReadAllText(path), null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })
            as JsonObject
        ?? throw new InvalidOperationException($"{path} holds no object.");

    /// <summary>The section of extensions where the WebJobs SDK looks for it.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> AsConfiguration(JsonObject hostJson) =>
        hostJson["extensions"] is { } extensions ? Flatten("AzureWebJobs:Extensions", extensions) : [];

    /// <summary>Settings below extensions.durableTask that this version of the extension has no option for.</summary>
    public static IEnumerable<string> UnknownDurableSettings(JsonObject hostJson)
    {
        if (hostJson["extensions"]?["durableTask"] is not JsonObject durableTask) yield break;
        foreach (var (name, value) in durableTask)
        {
            if (!Has(typeof(DurableTaskOptions), name)) yield return $"extensions.durableTask.{name}";
            if (name != "storageProvider" || value is not JsonObject storage) continue;
            foreach (var (inner, _) in storage)
                if (inner != "type" && !Has(typeof(AzureStorageOptions), inner))
                    yield return $"extensions.durableTask.storageProvider.{inner}";
        }
    }

    private static bool Has(Type options, string name) =>
        options.GetProperties().Any(property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<KeyValuePair<string, string?>> Flatten(string path, JsonNode? node) => node switch
    {
        JsonObject values => values.SelectMany(entry => Flatten($"{path}:{entry.Key}", entry.Value)),
        JsonArray values => values.SelectMany((value, index) => Flatten($"{path}:{index}", value)),
        _ => [new(path, node?.ToString())],
    };
}
