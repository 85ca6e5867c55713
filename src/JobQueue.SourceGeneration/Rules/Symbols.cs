using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>Questions about symbols.</summary>
internal static class Symbols
{
    private static readonly SymbolDisplayFormat Named = SymbolDisplayFormat.CSharpErrorMessageFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeContainingType)
        .WithParameterOptions(SymbolDisplayParameterOptions.None);

    /// <summary>The metadata name with its namespace, without type arguments: <c>System.Threading.Tasks.Task`1</c>.</summary>
    public static string FullName(this ITypeSymbol type)
    {
        var name = type.ContainingType is { } outer ? outer.FullName() + "+" + type.MetadataName : type.MetadataName;
        return type.ContainingType is null && type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." + name : name;
    }

    public static bool Is(this ITypeSymbol? type, string fullName) => type is INamedTypeSymbol named && named.FullName() == fullName;

    public static AttributeData? Find(this ISymbol symbol, string attribute)
    {
        foreach (var data in symbol.GetAttributes())
        {
            if (data.AttributeClass.Is(attribute))
            {
                return data;
            }
        }

        return null;
    }

    public static bool Has(this ISymbol symbol, string attribute) => symbol.Find(attribute) is not null;

    /// <summary>How messages name a type.</summary>
    public static string Show(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat);

    /// <summary>How messages and docs name a method: <c>App.PortfolioJobs.SyncAsync</c>.</summary>
    public static string Show(this IMethodSymbol method) => method.ContainingType is null ? method.Name : method.ContainingType.ToDisplayString(Named) + "." + method.Name;

    /// <summary>How messages begin with a method that may have no name.</summary>
    public static string ShowHandler(this IMethodSymbol method) => method.MethodKind == MethodKind.AnonymousFunction ? "A lambda" : method.Show();

    public static Location Place(this ISymbol symbol) => symbol.Locations.FirstOrDefault(static location => location.IsInSource) ?? Location.None;

    public static bool IsNullableValue(this ITypeSymbol type, out ITypeSymbol underlying)
    {
        var isNullable = type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        underlying = isNullable ? ((INamedTypeSymbol)type).TypeArguments[0] : type;
        return isNullable;
    }

    /// <summary>Whether code of any assembly can name the type.</summary>
    public static bool IsPublic(this ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType.IsPublic(),
        INamedTypeSymbol named => named.DeclaredAccessibility == Accessibility.Public
            && (named.ContainingType is null || named.ContainingType.IsPublic())
            && named.TypeArguments.All(static argument => argument.IsPublic()),
        _ => true,
    };

    /// <summary>The type and those it derives from.</summary>
    public static IEnumerable<INamedTypeSymbol> WithBases(this INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            yield return current;
        }
    }
}
