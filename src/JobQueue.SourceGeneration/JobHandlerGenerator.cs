using System.Collections.Immutable;
using System.Text;
using JobQueue.SourceGeneration.Emitting;
using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Reading;
using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace JobQueue.SourceGeneration;

/// <summary>
/// Generates, for the <c>[JobHandler]</c> methods of a compilation, their registration, their invokers and typed enqueue methods.
/// Invalid methods are left out: <see cref="JobHandlerAnalyzer"/> says why.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class JobHandlerGenerator : IIncrementalGenerator
{
    internal const string HandlerStep = "Handler";
    internal const string HandlersStep = "Handlers";
    internal const string AssemblyStep = "Assembly";
    internal const string InputStep = "Input";

    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var handlers = context.SyntaxProvider
            .ForAttributeWithMetadataName(KnownNames.JobHandler, static (_, _) => true, static (found, token) => Read(found, token))
            .WithTrackingName(HandlerStep)
            .Collect()
            .Select(static (all, _) => Sort(all))
            .WithTrackingName(HandlersStep);
        var assembly = context.CompilationProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (input, _) => ReadAssembly(input.Left, input.Right))
            .WithTrackingName(AssemblyStep);
        context.RegisterSourceOutput(
            handlers.Combine(assembly).WithTrackingName(InputStep),
            static (output, input) => Emit(output, input.Left, input.Right));
    }

    /// <returns>The handler, or an empty slot that says that there is an invalid one.</returns>
    private static HandlerSlot Read(GeneratorAttributeSyntaxContext found, CancellationToken cancellationToken)
        => new(found.TargetSymbol is IMethodSymbol method
            ? HandlerReader.Read(method.PartialDefinitionPart ?? method, found.Attributes[0], new Problems(), cancellationToken)
            : null);

    private static HandlerList? Sort(ImmutableArray<HandlerSlot> slots)
    {
        if (slots.IsEmpty)
        {
            return null;
        }

        var handlers = slots.Where(static slot => slot.Handler is not null).Select(static slot => slot.Handler!).ToList();
        handlers.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name) is not 0 and var order ? order : string.CompareOrdinal(left.Display, right.Display));
        return new HandlerList(new(HandlerConflicts.WithoutConflicts(handlers)));
    }

    private static AssemblyModel ReadAssembly(Compilation compilation, AnalyzerConfigOptionsProvider options)
    {
        options.GlobalOptions.TryGetValue("build_property.JobQueueHandlersAccess", out var access);
        var meetsOthers = compilation.GetTypesByMetadataName(KnownNames.GeneratedHandlers).Any(type =>
            !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly) && compilation.IsSymbolAccessibleWithin(type, compilation.Assembly));
        return new AssemblyModel(
            Identifiers.ToPascalCase(compilation.AssemblyName ?? ""),
            string.Equals(access?.Trim(), "public", StringComparison.OrdinalIgnoreCase),
            meetsOthers);
    }

    private static void Emit(SourceProductionContext output, HandlerList? list, AssemblyModel assembly)
    {
        // A project without handlers gets nothing, so that it sees those of an assembly that shows it its own.
        if (list?.Handlers is not { } handlers)
        {
            return;
        }

        Add(RegistrationEmitter.FileName, RegistrationEmitter.Emit(handlers, assembly));
        Add(EnqueueEmitter.FileName, EnqueueEmitter.Emit(handlers, assembly));
        if (handlers.Any(static handler => handler.Args.Record is not null))
        {
            Add(ArgsRecordEmitter.FileName, ArgsRecordEmitter.Emit(handlers, assembly));
        }

        if (JsonEmitter.IsNeeded(handlers))
        {
            Add(JsonEmitter.FileName, JsonEmitter.Emit(handlers, assembly));
        }

        void Add(string file, string code) => output.AddSource(file, SourceText.From(code, Encoding.UTF8));
    }

    private sealed record HandlerSlot(HandlerModel? Handler);

    private sealed record HandlerList(EquatableArray<HandlerModel> Handlers);
}
