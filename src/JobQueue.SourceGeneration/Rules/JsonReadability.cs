using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>Which types System.Text.Json can read back, as far as declarations tell.</summary>
internal static class JsonReadability
{
    /// <summary>Types that hold any JSON, abstract or not.</summary>
    private static readonly HashSet<string> JsonTypes = new(StringComparer.Ordinal)
    {
        "System.Text.Json.JsonElement",
        "System.Text.Json.JsonDocument",
        "System.Text.Json.Nodes.JsonNode",
        "System.Text.Json.Nodes.JsonObject",
        "System.Text.Json.Nodes.JsonArray",
        "System.Text.Json.Nodes.JsonValue",
    };

    /// <summary>Types that belong to a process and can't come from JSON, whatever their members are.</summary>
    private static readonly HashSet<string> ProcessTypes = new(StringComparer.Ordinal)
    {
        KnownNames.CancellationToken,
        KnownNames.JobContext,
        "System.IntPtr",
        "System.UIntPtr",
        "System.Type",
        "System.Threading.Tasks.Task",
        "System.Threading.Tasks.Task`1",
        "System.Threading.Tasks.ValueTask",
        "System.Threading.Tasks.ValueTask`1",
        "System.IO.Stream",
    };

    /// <summary>Whether the type is a piece of JSON, of any shape.</summary>
    public static bool HoldsAnyJson(ITypeSymbol type) => JsonTypes.Contains(type.FullName());

    /// <returns>Why the type can't be read, or null when it can.</returns>
    public static string? Explain(ITypeSymbol type)
    {
        type.IsNullableValue(out var underlying);
        if (underlying.TypeKind == TypeKind.Error || JsonValues.Contains(underlying) || HoldsAnyJson(underlying) || underlying.Has(KnownNames.JsonConverter))
        {
            return null;
        }

        return underlying switch
        {
            { TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } => $"{underlying.Show()} is a pointer",
            { TypeKind: TypeKind.Delegate } => $"{underlying.Show()} is a delegate",
            { TypeKind: TypeKind.Dynamic } or { SpecialType: SpecialType.System_Object } => $"{underlying.Show()} says nothing about what to read",
            IArrayTypeSymbol { Rank: > 1 } => $"{underlying.Show()} has several dimensions",
            { IsTupleType: true } => $"{underlying.Show()} is a tuple, whose fields are not written",
            _ when underlying.WithBaseNames().Any(ProcessTypes.Contains) => $"{underlying.Show()} belongs to a process",
            _ when JsonCollections.Find(underlying) is { } collection => collection.Explain(),
            INamedTypeSymbol named => ExplainObject(named),
            _ => null,
        };
    }

    private static string? ExplainObject(INamedTypeSymbol type)
    {
        if (type is { TypeKind: TypeKind.Interface } or { IsAbstract: true })
        {
            return type.Has(KnownNames.JsonDerivedType)
                ? null
                : $"{type.Show()} is {(type.TypeKind == TypeKind.Interface ? "an interface" : "an abstract class")}, and nothing says which type to make";
        }

        return type.TypeKind is TypeKind.Class or TypeKind.Struct ? JsonConstructors.Explain(type) : null;
    }

    private static IEnumerable<string> WithBaseNames(this ITypeSymbol type)
        => type is INamedTypeSymbol named ? named.WithBases().Select(static candidate => candidate.OriginalDefinition.FullName()) : [];
}
