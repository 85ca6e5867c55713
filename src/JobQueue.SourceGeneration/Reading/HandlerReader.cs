using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Reads a <c>[JobHandler]</c> method: for the generator its model, for the analyzer what is wrong with it.</summary>
internal static class HandlerReader
{
    /// <returns>The model; null when the method has an error, which <paramref name="problems"/> then names.</returns>
    public static HandlerModel? Read(IMethodSymbol method, AttributeData attribute, Problems problems, CancellationToken cancellationToken)
    {
        var values = new AttributeValues(attribute, cancellationToken);
        if (values.First is null)
        {
            return null; // The compiler has refused the attribute.
        }

        PlacementCheck.Run(method, problems);
        if (method.MethodKind != MethodKind.Ordinary)
        {
            return null;
        }

        var optionsReader = new OptionsReader(values, problems);
        var name = optionsReader.ReadName();
        var identifier = JobNames.IsValid(name) ? Identifiers.ToPascalCase(name) : "Invalid";
        var parametersReader = new ParametersReader(method, problems, cancellationToken);
        var (args, parameters) = parametersReader.Read(identifier);
        var (returns, result) = ReturnReader.Read(method, problems, cancellationToken);
        var options = optionsReader.Read(name, runsSynchronously: !returns.IsAwaited);
        var recurring = RecurringReader.ReadAll(method, name, parametersReader, problems, cancellationToken);
        if (problems.HaveErrors)
        {
            return null;
        }

        var space = method.ContainingType.ContainingNamespace;
        var jsonTypes = args.Record is null ? [] : parametersReader.ArgsTypes;
        return new HandlerModel(
            name,
            identifier,
            method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
            space.IsGlobalNamespace ? "" : space.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted)),
            Identifiers.Escape(method.Name),
            method.Show(),
            method.IsStatic,
            parametersReader.ArgsTypes.All(static type => type.IsPublic()),
            returns,
            args,
            new(parameters),
            options,
            new(recurring),
            new(jsonTypes.Concat(result is null ? [] : [result]).SelectMany(JsonValues.Of).Distinct()));
    }
}
