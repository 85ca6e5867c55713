using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>Whether System.Text.Json finds a constructor that it can call, by its own order of search.</summary>
internal static class JsonConstructors
{
    /// <returns>Why there is none, or null when there is one.</returns>
    public static string? Explain(INamedTypeSymbol type)
    {
        var constructors = type.InstanceConstructors.Where(static constructor => constructor.DeclaredAccessibility == Accessibility.Public).ToList();
        var chosen = type.InstanceConstructors.FirstOrDefault(static constructor => constructor.Has(KnownNames.JsonConstructor));
        if (chosen is null)
        {
            if (type.IsValueType || constructors.Exists(static constructor => constructor.Parameters.IsEmpty))
            {
                return null;
            }

            if (constructors.Count != 1)
            {
                var reason = constructors.Count == 0 ? "no public constructor" : "several public constructors and none without parameters";
                return $"{type.Show()} has {reason} (mark one with [JsonConstructor])";
            }

            chosen = constructors[0];
        }

        var orphan = chosen.Parameters.FirstOrDefault(parameter => !HasMember(type, parameter));
        return orphan is null
            ? null
            : $"the parameter '{orphan.Name}' of {type.Show()}'s constructor matches no public property of its name and type";
    }

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
