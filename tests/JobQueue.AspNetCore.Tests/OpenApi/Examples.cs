using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.OpenApi;

/// <summary>The golden answers of all contracts in one object, with values that could be real in place of the names for what differs from run to run.</summary>
internal static class Examples
{
    private const string Suffix = ".golden.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var all = new JsonObject();
        foreach (var contract in new[] { "FailedJobs", "JobService", "Operations", "Rest" })
        {
            var folder = Path.Combine(Repository.Root, "tests", "JobQueue.AspNetCore.Tests", contract);
            foreach (var file in Directory.GetFiles(folder, "*" + Suffix).Order(StringComparer.Ordinal))
            {
                var text = (await File.ReadAllTextAsync(file, cancellationToken))
                    .Replace("<id>", "019b5c1e7a3c7f0ab1d2c3e4f5a6b700", StringComparison.Ordinal)
                    .Replace("<time>", "2026-01-31T08:00:00.000Z", StringComparison.Ordinal)
                    .Replace("<worker>", "web-1-5f2a9c", StringComparison.Ordinal);
                all[$"{contract}/{Path.GetFileName(file)[..^Suffix.Length]}"] = Measure(JsonNode.Parse(text));
            }
        }

        return all.ToJsonString(Indented) + "\n";
    }

    /// <summary>Puts values in place of what was measured, by the member's name.</summary>
    private static JsonNode? Measure(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                foreach (var (name, value) in json.ToList())
                {
                    json[name] = value is JsonValue text && text.TryGetValue<string>(out var word) && word == "<measured>" ? Value(name) : Measure(value?.DeepClone());
                }

                return json;
            case JsonArray array:
                return new JsonArray([.. array.Select(static item => Measure(item?.DeepClone()))]);
            default:
                return node;
        }
    }

    private static JsonNode Value(string name) => name switch
    {
        "host" => "web-1",
        "fingerprint" => "5b1f0c6e9d3a4728",
        "stack_trace" or "error_traceback" => "at Shop.InvoiceJobs.SendAsync(Int32 number)",
        "process_id" => 4711,
        "rate_per_minute" => 120,
        _ => 12.5,
    };
}
