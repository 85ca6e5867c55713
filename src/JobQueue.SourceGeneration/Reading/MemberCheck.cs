using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>
/// Looks for members of arguments that can't be read. Only types of this compilation are entered: others belong to somebody
/// who has tested them, or come with converters.
/// </summary>
internal sealed class MemberCheck(IParameterSymbol parameter, IAssemblySymbol assembly, Location place, Problems problems)
{
    private readonly HashSet<ITypeSymbol> _seen = new(SymbolEqualityComparer.Default);

    public void Enter(ITypeSymbol type)
    {
        type.IsNullableValue(out var underlying);
        if (JsonCollections.Find(underlying) is { } collection)
        {
            foreach (var element in collection.Elements)
            {
                Enter(element);
            }

            return;
        }

        if (underlying is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } named
            || !SymbolEqualityComparer.Default.Equals(named.ContainingAssembly, assembly)
            || named.Has(KnownNames.JsonConverter)
            || !_seen.Add(named))
        {
            return;
        }

        foreach (var property in named.WithBases().SelectMany(static level => level.GetMembers().OfType<IPropertySymbol>()).Where(IsRead))
        {
            if (JsonReadability.Explain(property.Type) is { } reason)
            {
                problems.Add(Descriptors.MemberNotSerialisable, place, parameter.Name, property.ContainingType.Show() + "." + property.Name, reason);
            }
            else
            {
                Enter(property.Type);
            }
        }
    }

    /// <summary>Whether JSON sets it: by its setter, or by a constructor's parameter of its name.</summary>
    private static bool IsRead(IPropertySymbol property)
        => property is { IsStatic: false, DeclaredAccessibility: Accessibility.Public, Parameters.IsEmpty: true }
            && !property.Has(KnownNames.JsonIgnore)
            && !property.Has(KnownNames.JsonConverter)
            && (property.SetMethod is { DeclaredAccessibility: Accessibility.Public }
                || property.ContainingType.InstanceConstructors.Any(constructor => constructor.Parameters.Any(
                    candidate => string.Equals(candidate.Name, property.Name, StringComparison.OrdinalIgnoreCase))));
}
