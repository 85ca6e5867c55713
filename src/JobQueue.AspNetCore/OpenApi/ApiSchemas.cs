using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using JobQueue.AspNetCore.Http;
using Microsoft.OpenApi;

namespace JobQueue.AspNetCore.OpenApi;

/// <summary>Makes schemas of the shapes as they are written: by the API's own serialiser, whatever names and types the host's has.</summary>
internal static class ApiSchemas
{
    /// <summary>The host's own document may well have a <c>Job</c> and <c>Stats</c>.</summary>
    private const string Prefix = "JobQueue.";

    private const string Suffix = "Shape";

    private static readonly JsonSchemaExporterOptions Options = new() { TransformSchemaNode = Transform, TreatNullObliviousAsNonNullable = true };

    /// <summary>A reference to the shape's schema, which stands once in the document.</summary>
    public static IOpenApiSchema Reference(JsonTypeInfo type, OpenApiDocument document)
    {
        var name = Prefix + (type.Type.Name.EndsWith(Suffix, StringComparison.Ordinal) ? type.Type.Name[..^Suffix.Length] : type.Type.Name);
        if (document.Components?.Schemas?.ContainsKey(name) is not true)
        {
            document.AddComponent<IOpenApiSchema>(name, ToSchema(type.GetJsonSchemaAsNode(Options)));
        }

        return new OpenApiSchemaReference(name, document);
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        return type == typeof(DateTimeOffset)
            ? new JsonObject
            {
                ["type"] = context.TypeInfo.Type == type ? "string" : new JsonArray("string", "null"),
                ["format"] = "date-time",
            }
            : type == typeof(RawJson) ? new JsonObject { ["description"] = "Any JSON." } : schema;
    }

    private static OpenApiSchema ToSchema(JsonNode? node)
    {
        if (node is not JsonObject json)
        {
            return new OpenApiSchema();
        }

        return new OpenApiSchema
        {
            Type = ToType(json["type"]),
            Format = (string?)json["format"],
            Description = (string?)json["description"],
            Items = json["items"] is { } items ? ToSchema(items) : null,
            Properties = json["properties"] is JsonObject members
                ? members.ToDictionary(static member => member.Key, static IOpenApiSchema (member) => ToSchema(member.Value), StringComparer.Ordinal)
                : null,
            Required = json["required"] is JsonArray required ? required.Select(static name => (string)name!).ToHashSet(StringComparer.Ordinal) : null,
            AdditionalProperties = json["additionalProperties"] is JsonObject others ? ToSchema(others) : null,
        };
    }

    private static JsonSchemaType? ToType(JsonNode? type) => type switch
    {
        null => null,
        JsonArray several => several.Aggregate(default(JsonSchemaType), static (all, one) => all | ToType((string)one!)),
        _ => ToType((string)type!),
    };

    private static JsonSchemaType ToType(string word) => word switch
    {
        "string" => JsonSchemaType.String,
        "integer" => JsonSchemaType.Integer,
        "number" => JsonSchemaType.Number,
        "boolean" => JsonSchemaType.Boolean,
        "array" => JsonSchemaType.Array,
        "null" => JsonSchemaType.Null,
        _ => JsonSchemaType.Object,
    };
}
