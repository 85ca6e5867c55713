using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace JobQueue.Handlers;

/// <summary>Writes the JSON schema (draft 2020-12) of a handler's arguments, for people and programs that enqueue by hand. Made at start, never for a job.</summary>
internal static class ArgsSchema
{
    /// <summary>A larger one is left out: every process writes it, and every reader of the handlers reads it.</summary>
    public const int MaxBytes = 4 * 1024; // All handlers of a process are registered in one call.

    private const string OfNoArguments = """{"type":"object"}""";

    private static readonly JsonSchemaExporterOptions Exporter = new() { TreatNullObliviousAsNonNullable = true };

    /// <summary>The schema, in ASCII; <see langword="null"/> where nothing is known, or where any JSON will do.</summary>
    public static string? Of(HandlerRegistration handler, JsonSerializerOptions serializer)
    {
        if (handler.ArgsType is not { } find)
        {
            return null;
        }

        try
        {
            // Through the type's own metadata, as the handler reads them, so that it holds without reflection too.
            return find() is not { } type ? OfNoArguments : Shorten(serializer.GetTypeInfo(type).GetJsonSchemaAsNode(Exporter));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null; // A help for people: a type or a converter that can't tell must not keep a host from starting.
        }
    }

    private static string? Shorten(JsonNode schema)
        => schema is JsonObject { Count: > 0 } && schema.ToJsonString() is { Length: <= MaxBytes } text ? text : null;
}
