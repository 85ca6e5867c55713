using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>A type that is a JSON array or a dictionary.</summary>
/// <param name="Type">The type itself.</param>
/// <param name="Elements">The types of its elements: one, or key and value.</param>
internal sealed record JsonCollections(ITypeSymbol Type, IReadOnlyList<ITypeSymbol> Elements)
{
    private const string Generic = "System.Collections.Generic.";

    /// <summary>Interfaces that System.Text.Json has a collection for.</summary>
    private static readonly HashSet<string> KnownInterfaces = new(StringComparer.Ordinal)
    {
        Generic + "IEnumerable`1",
        Generic + "ICollection`1",
        Generic + "IList`1",
        Generic + "ISet`1",
        Generic + "IReadOnlyCollection`1",
        Generic + "IReadOnlyList`1",
        Generic + "IReadOnlySet`1",
        Generic + "IDictionary`2",
        Generic + "IReadOnlyDictionary`2",
        "System.Collections.Immutable.IImmutableList`1",
        "System.Collections.Immutable.IImmutableSet`1",
        "System.Collections.Immutable.IImmutableQueue`1",
        "System.Collections.Immutable.IImmutableStack`1",
        "System.Collections.Immutable.IImmutableDictionary`2",
    };

    /// <returns>The collection that the type is, or null when it is none.</returns>
    public static JsonCollections? Find(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
        {
            return new(type, [array.ElementType]);
        }

        if (type is not INamedTypeSymbol named)
        {
            return null;
        }

        if (named.OriginalDefinition.FullName() is "System.Memory`1" or "System.ReadOnlyMemory`1")
        {
            return new(type, [.. named.TypeArguments]);
        }

        var views = type.TypeKind == TypeKind.Interface ? named.AllInterfaces.Add(named) : named.AllInterfaces;
        var view = views.FirstOrDefault(static candidate => candidate.OriginalDefinition.FullName() is Generic + "IDictionary`2" or Generic + "IReadOnlyDictionary`2")
            ?? views.FirstOrDefault(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T);
        return view is not null ? new(type, [.. view.TypeArguments])
            : views.Any(static candidate => candidate.SpecialType == SpecialType.System_Collections_IEnumerable) ? new(type, [])
            : null;
    }

    /// <returns>Why the collection can't be read, or null when it can.</returns>
    public string? Explain()
    {
        if (Elements.Count == 0)
        {
            return $"{Type.Show()} says nothing about the type of its elements";
        }

        if (Type.TypeKind == TypeKind.Interface && !KnownInterfaces.Contains(Type.OriginalDefinition.FullName()))
        {
            return $"{Type.Show()} is an interface, and nothing says which type to make";
        }

        if (Elements.Count == 2 && !JsonValues.Contains(Elements[0]) && !Elements[0].Has(KnownNames.JsonConverter))
        {
            return $"{Elements[0].Show()} is no key of a JSON object";
        }

        return Elements.Select(JsonReadability.Explain).FirstOrDefault(static reason => reason is not null);
    }
}
