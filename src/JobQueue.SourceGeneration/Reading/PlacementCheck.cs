using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Checks that generated code can name the method, and can have an instance to call it on.</summary>
internal static class PlacementCheck
{
    public static void Run(IMethodSymbol method, Problems problems)
    {
        if (FindObstacle(method) is { } obstacle)
        {
            problems.Add(Descriptors.Inaccessible, method.Place(), method.ShowHandler(), obstacle);
        }

        if (method.MethodKind != MethodKind.Ordinary)
        {
            return;
        }

        if (method.IsGenericMethod)
        {
            problems.Add(Descriptors.GenericMethod, method.Place(), method.Show());
        }

        if (WithContainers(method.ContainingType).FirstOrDefault(static type => !type.TypeParameters.IsEmpty) is { } generic)
        {
            problems.Add(Descriptors.GenericClass, method.Place(), method.Show(), generic.Show());
        }

        var kind = method switch
        {
            { ContainingType.TypeKind: TypeKind.Interface } => "an interface",
            { IsStatic: true } => null,
            { ContainingType.TypeKind: TypeKind.Struct } => "a struct",
            { ContainingType.IsAbstract: true } => "abstract",
            _ => null,
        };
        if (kind is not null)
        {
            problems.Add(Descriptors.NoInstance, method.Place(), method.Show(), method.ContainingType.Show(), kind);
        }
    }

    private static string? FindObstacle(IMethodSymbol method)
    {
        switch (method.MethodKind)
        {
            case MethodKind.Ordinary:
                break;
            case MethodKind.LocalFunction:
                return "it is a local function";
            case MethodKind.AnonymousFunction:
                return "it has no name";
            default:
                return "it is no ordinary method";
        }

        if (!IsReachable(method.DeclaredAccessibility))
        {
            return $"it is {Show(method.DeclaredAccessibility)}";
        }

        foreach (var type in WithContainers(method.ContainingType))
        {
            if (type.IsFileLocal)
            {
                return $"{type.Show()} is local to its file";
            }

            if (!IsReachable(type.DeclaredAccessibility))
            {
                return $"{type.Show()} is {Show(type.DeclaredAccessibility)}";
            }
        }

        return null;
    }

    private static IEnumerable<INamedTypeSymbol> WithContainers(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.ContainingType)
        {
            yield return current;
        }
    }

    private static bool IsReachable(Accessibility accessibility)
        => accessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;

    private static string Show(Accessibility accessibility) => accessibility switch
    {
        Accessibility.Protected => "protected",
        Accessibility.ProtectedAndInternal => "private protected",
        _ => "private",
    };
}
