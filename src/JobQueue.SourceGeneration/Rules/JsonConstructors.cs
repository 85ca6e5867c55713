using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>Which constructor System.Text.Json calls, by its own order of search, and what must be there for it.</summary>
internal static class JsonConstructors
{
    /// <returns>Why there is none, or null when there is one.</returns>
    public static string? Explain(INamedTypeSymbol type)
    {
        var chosen = Find(type);
        if (chosen is null && !type.IsValueType)
        {
            var reason = Public(type).Any() ? "several public constructors and none without parameters" : "no public constructor";
            return $"{type.Show()} has {reason} (mark one with [JsonConstructor])";
        }

        var orphan = chosen?.Parameters.FirstOrDefault(parameter => !HasMember(type, parameter));
        return orphan is null
            ? null
            : $"the parameter '{orphan.Name}' of {type.Show()}'s constructor matches no public property of its name and type";
    }

    /// <summary>What an object must have to be read as the type: parameters without a default, and members that are marked as required.</summary>
    public static IEnumerable<string> FindRequired(INamedTypeSymbol type)
    {
        var chosen = Find(type);
        var setsAll = chosen?.Has(KnownNames.SetsRequiredMembers) == true;
        var members = type.WithBases()
            .SelectMany(static level => level.GetMembers())
            .Where(member => member.Has(KnownNames.JsonRequired) || (!setsAll && member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }))
            .Select(static member => member.Name);
        return (chosen?.Parameters.Where(static parameter => !parameter.HasExplicitDefaultValue).Select(static parameter => parameter.Name) ?? [])
            .Concat(members)
            .Distinct(StringComparer.OrdinalIgnoreCase);
    }

    /// <returns>The constructor; null when there is none to choose, or a struct is made without one.</returns>
    private static IMethodSymbol? Find(INamedTypeSymbol type)
    {
        if (type.InstanceConstructors.FirstOrDefault(static constructor => constructor.Has(KnownNames.JsonConstructor)) is { } marked)
        {
            return marked;
        }

        var open = type.IsValueType ? [] : Public(type).ToList();
        return open.Find(static constructor => constructor.Parameters.IsEmpty) ?? (open.Count == 1 ? open[0] : null);
    }

    private static IEnumerable<IMethodSymbol> Public(INamedTypeSymbol type)
        => type.InstanceConstructors.Where(static constructor => constructor.DeclaredAccessibility == Accessibility.Public);

    private static bool HasMember(INamedTypeSymbol type, IParameterSymbol parameter) => type.WithBases()
        .SelectMany(static level => level.GetMembers())
        .Any(member => string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)
            && (member.DeclaredAccessibility == Accessibility.Public || member.Has(KnownNames.JsonInclude))
            && TypeOf(member) is { } memberType
            && SymbolEqualityComparer.Default.Equals(memberType, parameter.Type));

    private static ITypeSymbol? TypeOf(ISymbol member) => member switch
    {
        IPropertySymbol { IsStatic: false, Parameters.IsEmpty: true } property => property.Type,
        IFieldSymbol { IsStatic: false } field => field.Type,
        _ => null,
    };
}
