using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;

namespace JobQueue.SourceGeneration.Emitting;

/// <summary>
/// Writes <c>AddJobHandlers</c> and the invokers. A host of many handlers runs this at start, where code for each is costly, because it must be
/// compiled first: 500 handlers made a start 1.16 times as long. So what the attributes say is data, and one method calls them all.
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
        WriteDefinitions(code, handlers);
        WriteInvoke(code, handlers);
        WriteDoNotRetry(code, handlers);
        WriteArgsType(code, handlers);
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

        code.Line($"return builder.AddGeneratedJobHandlers(Definitions, Invoke, {(AnyDoNotRetry(handlers) ? "DoNotRetry" : "doNotRetry: null")}, ArgsType);");
        code.Close();
    }

    private static bool AnyDoNotRetry(IReadOnlyList<HandlerModel> handlers) => handlers.Any(static handler => handler.Options.DoNotRetry.Count > 0);

    private static void WriteDefinitions(CodeWriter code, IReadOnlyList<HandlerModel> handlers)
    {
        code.Line();
        code.Line("/// <summary>What the attributes say, in the order of <c>Invoke</c>; read once at start.</summary>");
        code.Line("private static global::System.ReadOnlySpan<byte> Definitions => \"\"\"");
        code.Deeper(() =>
        {
            code.Line("[");
            for (var i = 0; i < handlers.Count; i++)
            {
                var members = new[] { $"\"name\":{Json.Text(handlers[i].Name)}" }.Concat(handlers[i].Options.Members).Concat(Recurring(handlers[i]));
                code.Line($"{{{string.Join(",", members)}}}{(i + 1 < handlers.Count ? "," : "")}");
            }

            code.Line("]");
            code.Line("\"\"\"u8;");
        });
    }

    private static IEnumerable<string> Recurring(HandlerModel handler)
        => handler.Recurring.Count == 0 ? [] : [$"\"recurring\":[{string.Join(",", handler.Recurring.Select(static job => job.Definition))}]"];

    private static void WriteInvoke(CodeWriter code, IReadOnlyList<HandlerModel> handlers)
    {
        code.Line();
        code.Open("private static global::System.Threading.Tasks.Task Invoke(int handler, global::JobQueue.JobContext job) => handler switch");
        for (var i = 0; i < handlers.Count; i++)
        {
            code.Line(FormattableString.Invariant($"{i} => {InvokerEmitter.NameOf(handlers[i])}(job),"));
        }

        code.Line("_ => throw new global::System.ArgumentOutOfRangeException(nameof(handler)),");
        code.Close("};");
    }

    private static void WriteDoNotRetry(CodeWriter code, IReadOnlyList<HandlerModel> handlers)
    {
        if (!AnyDoNotRetry(handlers))
        {
            return;
        }

        code.Line();
        code.Open("private static global::System.Type[] DoNotRetry(int handler) => handler switch");
        for (var i = 0; i < handlers.Count; i++)
        {
            if (handlers[i].Options.DoNotRetry.Count > 0)
            {
                code.Line(FormattableString.Invariant($"{i} => [{string.Join(", ", handlers[i].Options.DoNotRetry)}],"));
            }
        }

        code.Line("_ => [],");
        code.Close("};");
    }

    /// <summary>For the schema of the arguments, which the library makes from their metadata.</summary>
    private static void WriteArgsType(CodeWriter code, IReadOnlyList<HandlerModel> handlers)
    {
        code.Line();
        code.Open("private static global::System.Type? ArgsType(int handler) => handler switch");
        for (var i = 0; i < handlers.Count; i++)
        {
            if (handlers[i].Args.Type is { } type)
            {
                code.Line(FormattableString.Invariant($"{i} => typeof({type.Plain}),"));
            }
        }

        code.Line("_ => null,");
        code.Close("};");
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
