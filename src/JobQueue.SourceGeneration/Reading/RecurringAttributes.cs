using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Finds the attributes that make a method's jobs recur.</summary>
internal static class RecurringAttributes
{
    /// <summary>Those of a method in the order of the source, without those that the compiler has refused.</summary>
    public static IReadOnlyList<AttributeData> Of(IMethodSymbol method) => [.. method.GetAttributes().Where(static attribute =>
        attribute.AttributeClass?.BaseType.Is(KnownNames.Recurring) == true
        && attribute.ConstructorArguments.Length == 1
        && attribute.ConstructorArguments[0].Kind != TypedConstantKind.Error)];

    /// <summary>Says that nothing runs the jobs of a method that is no handler.</summary>
    public static void ReportWithoutHandler(IMethodSymbol method, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        foreach (var attribute in Of(method))
        {
            report(Diagnostic.Create(Descriptors.RecursWithoutHandler, new AttributeValues(attribute, cancellationToken).Place, method.ShowHandler(), Show(attribute)));
        }
    }

    /// <summary>The attribute as code names it: <c>[Cron]</c>.</summary>
    private static string Show(AttributeData attribute) => $"[{attribute.AttributeClass!.Name.Replace("Attribute", "")}]";
}
