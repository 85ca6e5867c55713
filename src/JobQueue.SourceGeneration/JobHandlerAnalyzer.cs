using System.Collections.Concurrent;
using System.Collections.Immutable;
using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace JobQueue.SourceGeneration;

/// <summary>Says what is wrong with <c>[JobHandler]</c> methods; it reads them as <see cref="JobHandlerGenerator"/> does.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class JobHandlerAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Descriptors.InvalidName,
        Descriptors.DuplicateName,
        Descriptors.DuplicateGeneratedName,
        Descriptors.Inaccessible,
        Descriptors.GenericClass,
        Descriptors.NoInstance,
        Descriptors.InvalidParameter,
        Descriptors.GenericMethod,
        Descriptors.InvalidReturn,
        Descriptors.AsyncVoid,
        Descriptors.ArgsNotSerialisable,
        Descriptors.InvalidMember,
        Descriptors.ArgsRecordExists,
        Descriptors.InvalidRetries,
        Descriptors.InvalidTimeout,
        Descriptors.InvalidBackoff,
        Descriptors.InvalidQueue,
        Descriptors.InvalidAlias,
        Descriptors.InvalidLimit,
        Descriptors.LimitNeedsQueue,
        Descriptors.NoException,
        Descriptors.UndefinedEnum,
        Descriptors.InvalidPipeline,
        Descriptors.MemberNotSerialisable,
        Descriptors.RecursWithoutHandler,
        Descriptors.InvalidCron,
        Descriptors.CronNeverFires,
        Descriptors.InvalidInterval,
        Descriptors.InvalidTimeOfDay,
        Descriptors.InvalidRecurringName,
        Descriptors.DuplicateRecurringName,
        Descriptors.RecurringNeedsArgs,
        Descriptors.InvalidCatchUp,
        Descriptors.InvalidBound,
    ];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownNames.JobHandler) is not { } attribute)
            {
                return;
            }

            var handlers = new ConcurrentBag<Found>();
            start.RegisterSymbolAction(symbol => Check((IMethodSymbol)symbol.Symbol, attribute, handlers, symbol.ReportDiagnostic, symbol.CancellationToken), SymbolKind.Method);
            start.RegisterOperationAction(
                operation => Check(MethodOf(operation.Operation), attribute, handlers, operation.ReportDiagnostic, operation.CancellationToken),
                OperationKind.LocalFunction,
                OperationKind.AnonymousFunction);
            start.RegisterCompilationEndAction(end => ReportConflicts(handlers, end.ReportDiagnostic));
        });
    }

    private static IMethodSymbol MethodOf(IOperation operation)
        => operation is ILocalFunctionOperation local ? local.Symbol : ((IAnonymousFunctionOperation)operation).Symbol;

    private static void Check(
        IMethodSymbol method, INamedTypeSymbol attribute, ConcurrentBag<Found> handlers, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        // The compiler shows both parts of a partial method, with the attributes of both.
        if (method.PartialDefinitionPart is not null)
        {
            return;
        }

        var data = method.GetAttributes().FirstOrDefault(candidate => SymbolEqualityComparer.Default.Equals(candidate.AttributeClass, attribute));
        if (data is null)
        {
            RecurringAttributes.ReportWithoutHandler(method, report, cancellationToken);
            return;
        }

        var problems = new Problems();
        if (HandlerReader.Read(method, data, problems, cancellationToken) is { } handler)
        {
            var recurring = RecurringAttributes.Of(method).Select(each => new AttributeValues(each, cancellationToken));
            handlers.Add(new Found(handler, new AttributeValues(data, cancellationToken), [.. recurring]));
        }

        foreach (var problem in problems.All)
        {
            report(problem);
        }
    }

    private static void ReportConflicts(ConcurrentBag<Found> found, Action<Diagnostic> report)
    {
        var all = found.OrderBy(static one => one.Handler.Name, StringComparer.Ordinal).ThenBy(static one => one.Handler.Display, StringComparer.Ordinal).ToList();
        var models = all.ConvertAll(static one => one.Handler);
        var reported = new HashSet<(ConflictKind, int, int)>();
        foreach (var conflict in HandlerConflicts.Find(models))
        {
            var (handler, other) = (all[conflict.Handler], all[conflict.Other].Handler);

            // Handlers of one name also share their methods' names; one message says enough.
            if (reported.Add((conflict.Kind, conflict.Handler, conflict.Other)) && (conflict.Kind != ConflictKind.GeneratedName || handler.Handler.Name != other.Name))
            {
                report(Describe(conflict, handler, other));
            }
        }

        foreach (var conflict in RecurringConflicts.Find(models))
        {
            var values = all[conflict.Handler].Recurring[conflict.Recurring];
            report(Diagnostic.Create(Descriptors.DuplicateRecurringName, values.PlaceOf("Name"), conflict.Name, models[conflict.Other].Display));
        }
    }

    private static Diagnostic Describe(HandlerConflict conflict, Found handler, HandlerModel other)
    {
        var name = handler.Handler.Name;
        return conflict.Kind switch
        {
            ConflictKind.Name => Diagnostic.Create(Descriptors.DuplicateName, PlaceOf(handler, conflict.Value), conflict.Value, other.Display),
            ConflictKind.GeneratedName => Diagnostic.Create(Descriptors.DuplicateGeneratedName, handler.Values.PlaceOfFirst, name, other.Name, other.Display, conflict.Value),
            _ => Diagnostic.Create(
                Descriptors.LimitNeedsQueue, handler.Values.PlaceOf("ConcurrencyLimit"), $"{other.Display} uses '{conflict.Value}' as well"),
        };
    }

    private static Location PlaceOf(Found handler, string name)
    {
        var alias = handler.Handler.Options.Aliases.ToList().IndexOf(name);
        return alias < 0 ? handler.Values.PlaceOfFirst : handler.Values.PlaceOf("Aliases", alias);
    }

    private sealed record Found(HandlerModel Handler, AttributeValues Values, IReadOnlyList<AttributeValues> Recurring);
}
