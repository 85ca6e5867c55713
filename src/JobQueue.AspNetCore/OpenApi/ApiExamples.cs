using System.Text.Json.Nodes;

namespace JobQueue.AspNetCore.OpenApi;

/// <summary>Examples of answers. A test writes the file from answers of a running host, so that no example is invented.</summary>
internal static class ApiExamples
{
    private const string Resource = "JobQueue.AspNetCore.OpenApi.examples.json";

    private static readonly Lazy<JsonObject> All = new(Read);

    /// <summary>JSON as it is, else the example of that name.</summary>
    public static JsonNode Find(string example)
        => example[0] is '{' or '[' ? JsonNode.Parse(example)!
            : All.Value[example]?.DeepClone() ?? throw new InvalidOperationException($"examples.json has no '{example}'.");

    private static JsonObject Read()
    {
        using var stream = typeof(ApiExamples).Assembly.GetManifestResourceStream(Resource)!;
        return JsonNode.Parse(stream)!.AsObject();
    }
}
