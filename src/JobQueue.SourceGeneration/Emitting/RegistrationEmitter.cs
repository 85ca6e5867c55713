using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;

namespace JobQueue.SourceGeneration.Emitting;

/// <summary>
/// Writes <c>AddJobHandlers</c> and the invokers. A host of many handlers runs this at start, so a handler costs one delegate and one
/// options object there: no lambda, no generic method of its own; its invoker is compiled when its first job runs.
/// </summary>
internal static class RegistrationEmitter
{
    public const string FileName = "JobQueue.Handlers.g.cs";

    public static string Emit(IReadOnlyList<HandlerModel> handlers, AssemblyModel assembly)
    {
        var code = new CodeWriter();
        code.WriteHeader("Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.DependencyInjection.Extensions");
        code.Line("namespace JobQueue;");
        code.Line();
        code.Line("/// <summary>Registers the <c>[JobHandler]</c> methods of this assembly.</summary>");
        code.WriteGeneratedCode();
        code.Open($"{Headers.Access(assembly.IsPublic)} static partial class GeneratedJobHandlers");
        WriteRegistration(code, handlers);
        WriteNamedForm(code, assembly);
        foreach (var handler in handlers)
        {
            code.Line();
            InvokerEmitter.Write(code, handler);
        }

        code.Close();
        return code.ToString();
    }

    private static void WriteRegistration(CodeWriter code, IReadOnlyList<HandlerModel> handlers)
    {
        WriteDocs(code);
        code.Open("public static global::JobQueue.JobQueueBuilder AddJobHandlers(this global::JobQueue.JobQueueBuilder builder)");
        code.Line("global::System.ArgumentNullException.ThrowIfNull(builder);");
        if (JsonEmitter.IsNeeded(handlers))
        {
            code.Line("builder.AddJobArgsResolver(new ArgsResolver());");
        }

        foreach (var type in handlers.Where(static handler => !handler.IsStatic).Select(static handler => handler.ContainingType).Distinct().OrderBy(static type => type, StringComparer.Ordinal))
        {
            code.Line($"builder.Services.TryAddScoped(typeof({type}));");
        }

        foreach (var handler in handlers)
        {
            WriteHandler(code, handler);
        }

        code.Line("return builder;");
        code.Close();
    }

    private static void WriteHandler(CodeWriter code, HandlerModel handler)
    {
        var head = $"builder.AddJobHandler({Literals.Of(handler.Name)}, new global::JobQueue.JobHandlerOptions";
        if (handler.Options.Assignments.Count == 0)
        {
            code.Line($"{head}(), {InvokerEmitter.NameOf(handler)});");
            return;
        }

        code.Open(head);
        foreach (var assignment in handler.Options.Assignments)
        {
            code.Line(assignment + ",");
        }

        code.Close($"}}, {InvokerEmitter.NameOf(handler)});");
    }

    /// <summary>Where several assemblies show their methods to one, a name of its own keeps the call unambiguous.</summary>
    private static void WriteNamedForm(CodeWriter code, AssemblyModel assembly)
    {
        if (!assembly.IsPublic && !assembly.MeetsOthers)
        {
            return;
        }

        code.Line();
        WriteDocs(code);
        code.Line($"public static global::JobQueue.JobQueueBuilder Add{assembly.Name}JobHandlers(this global::JobQueue.JobQueueBuilder builder)");
        code.Deeper(() => code.Line("=> AddJobHandlers(builder);"));
    }

    private static void WriteDocs(CodeWriter code)
    {
        code.Line("/// <summary>Adds every handler that is a <c>[JobHandler]</c> method of this assembly.</summary>");
        code.Line("/// <param name=\"builder\">The builder.</param>");
        code.Line("/// <returns>The builder.</returns>");
    }
}
