using Microsoft.OpenApi;

namespace JobQueue.AspNetCore.OpenApi;

/// <summary>What a value of a request may be.</summary>
internal enum ApiValueKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>An ISO 8601 time.</summary>
    Time,

    /// <summary>An array of texts.</summary>
    Texts,

    /// <summary>An object.</summary>
    Object,

    /// <summary>Any JSON.</summary>
    Json,
}

/// <summary>A parameter or a member of a body, for the OpenAPI document.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it may be.</param>
/// <param name="Description">What it means, with its default.</param>
internal sealed record ApiValue(string Name, ApiValueKind Kind, string Description)
{
    public bool IsRequired { get; init; }

    /// <summary>The words it may be; empty for any.</summary>
    public string[] Words { get; init; } = [];

    public decimal? Least { get; init; }

    public decimal? Most { get; init; }

    /// <summary>The members of an object.</summary>
    public ApiValue[] Members { get; init; } = [];

    public OpenApiSchema ToSchema()
    {
        var schema = new OpenApiSchema
        {
            Description = Description,
            Type = Kind switch
            {
                ApiValueKind.Text or ApiValueKind.Time => JsonSchemaType.String,
                ApiValueKind.Integer => JsonSchemaType.Integer,
                ApiValueKind.Number => JsonSchemaType.Number,
                ApiValueKind.Flag => JsonSchemaType.Boolean,
                ApiValueKind.Texts => JsonSchemaType.Array,
                ApiValueKind.Object => JsonSchemaType.Object,
                _ => null,
            },
            Format = Kind == ApiValueKind.Time ? "date-time" : null,
            Minimum = Least?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Maximum = Most?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Enum = Words.Length == 0 ? null : [.. Words.Select(static word => (System.Text.Json.Nodes.JsonNode)word)],
            Items = Kind == ApiValueKind.Texts ? new OpenApiSchema { Type = JsonSchemaType.String } : null,
        };
        if (Members.Length > 0)
        {
            Describe(schema, Members);
        }

        return schema;
    }

    /// <summary>Gives a schema members.</summary>
    public static OpenApiSchema Describe(OpenApiSchema schema, ApiValue[] members)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Properties = members.ToDictionary(static member => member.Name, static IOpenApiSchema (member) => member.ToSchema(), StringComparer.Ordinal);
        schema.Required = members.Where(static member => member.IsRequired).Select(static member => member.Name).ToHashSet(StringComparer.Ordinal);
        return schema;
    }
}
