using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JobQueue.AspNetCore.Http;

/// <summary>Passes what leaves the host through the host's hook; without one, bytes go out as they are stored. Safe to use from any thread.</summary>
internal sealed class Redactor(Func<RedactionContext, JsonNode?>? redact)
{
    public bool IsActive => redact is not null;

    public RawJson Args(Job job) => Show(job.Name, RedactedPart.Args, job.Args);

    public RawJson Result(Job job) => job.Result is { } result ? Show(job.Name, RedactedPart.Result, result) : default;

    public RawJson Headers(Job job)
    {
        var headers = new JsonObject();
        foreach (var (name, value) in job.Headers)
        {
            headers[name] = value;
        }

        var shown = redact is null ? headers : redact(new RedactionContext(job.Name, RedactedPart.Headers, headers));
        return new RawJson(shown is null ? "null"u8.ToArray() : Encoding.UTF8.GetBytes(shown.ToJsonString()));
    }

    public string? Error(Job job, string? text) => Text(job.Name, RedactedPart.Error, text);

    public string? Error(string name, string? text) => Text(name, RedactedPart.Error, text);

    public string? LogLine(Job job, string? text) => Text(job.Name, RedactedPart.Log, text);

    public RawJson Show(string name, RedactedPart part, ReadOnlyMemory<byte> json)
    {
        if (redact is null || json.IsEmpty)
        {
            return new RawJson(json);
        }

        var shown = redact(new RedactionContext(name, part, JsonNode.Parse(json.Span)));
        return new RawJson(shown is null ? "null"u8.ToArray() : Encoding.UTF8.GetBytes(shown.ToJsonString()));
    }

    /// <summary>The arguments that an edited retry means: the stored value wherever the edited ones still show what stands in its place.</summary>
    public JsonElement MergeArgs(Job job, JsonElement edited)
    {
        if (!IsActive)
        {
            return edited;
        }

        var merged = Merge(job.Name, job.Args, JsonNode.Parse(edited.GetRawText()));
        using var document = JsonDocument.Parse(merged?.ToJsonString() ?? "null", new JsonDocumentOptions { MaxDepth = 128 });
        return document.RootElement.Clone();
    }

    private string? Text(string name, RedactedPart part, string? text)
        => redact is null || text is null ? text : redact(new RedactionContext(name, part, JsonValue.Create(text)))?.ToString();

    private JsonNode? Merge(string name, ReadOnlyMemory<byte> stored, JsonNode? edited)
    {
        if (redact is null || stored.IsEmpty)
        {
            return edited;
        }

        var original = JsonNode.Parse(stored.Span);
        return Merge(original, redact(new RedactionContext(name, RedactedPart.Args, original?.DeepClone())), edited);
    }

    private static JsonNode? Merge(JsonNode? stored, JsonNode? shown, JsonNode? edited)
    {
        if (JsonNode.DeepEquals(shown, edited))
        {
            return stored?.DeepClone();
        }

        switch (edited)
        {
            case JsonObject after when stored is JsonObject before && shown is JsonObject between:
                foreach (var (member, value) in after.ToList())
                {
                    if (before.TryGetPropertyValue(member, out var kept) && between.TryGetPropertyValue(member, out var seen))
                    {
                        after[member] = null;
                        after[member] = Merge(kept, seen, value);
                    }
                }

                return after;
            case JsonArray after when stored is JsonArray before && shown is JsonArray between && before.Count == after.Count && between.Count == after.Count:
                for (var at = 0; at < after.Count; at++)
                {
                    var value = after[at];
                    after[at] = null;
                    after[at] = Merge(before[at], between[at], value);
                }

                return after;
            default:
                return edited;
        }
    }
}
