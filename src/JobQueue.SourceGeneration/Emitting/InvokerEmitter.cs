using JobQueue.SourceGeneration.Models;

namespace JobQueue.SourceGeneration.Emitting;

/// <summary>Writes the method that calls a handler: reads its arguments, fills its parameters, sets its result.</summary>
internal static class InvokerEmitter
{
    public static string NameOf(HandlerModel handler) => "Invoke_" + handler.Identifier;

    public static void Write(CodeWriter code, HandlerModel handler)
    {
        var call = Call(handler);
        code.Open($"private static {(handler.Returns.IsAwaited ? "async " : "")}global::System.Threading.Tasks.Task {NameOf(handler)}(global::JobQueue.JobContext job)");
        if (handler.Args.Record is not null)
        {
            code.Line($"var args = job.ReadArgs<{handler.Args.Type!.Name}>();");
        }

        if (handler.Returns.IsAwaited)
        {
            call = $"await {call}.ConfigureAwait(false)";
        }

        code.Line(handler.Returns.HasResult ? $"job.SetResult({call});" : $"{call};");
        if (!handler.Returns.IsAwaited)
        {
            code.Line("return global::System.Threading.Tasks.Task.CompletedTask;");
        }

        code.Close();
    }

    private static string Call(HandlerModel handler)
    {
        var target = handler.IsStatic ? handler.ContainingType : $"job.Services.GetRequiredService<{handler.ContainingType}>()";
        return $"{target}.{handler.Method}({string.Join(", ", handler.Parameters.Select(parameter => Argument(handler, parameter)))})";
    }

    private static string Argument(HandlerModel handler, ParameterModel parameter) => parameter.Source switch
    {
        ParameterSource.Args => $"job.ReadArgs<{handler.Args.Type!.Name}>()",
        ParameterSource.Member => $"args.{parameter.Property}",
        ParameterSource.Context => "job",
        ParameterSource.CancellationToken => "job.CancellationToken",
        _ => Service(parameter),
    };

    private static string Service(ParameterModel parameter) => (parameter.ServiceKey, parameter.Type.AcceptsNull) switch
    {
        (null, false) => $"job.Services.GetRequiredService<{parameter.Type.Plain}>()",
        (null, true) => $"job.Services.GetService<{parameter.Type.Plain}>()",
        (var key, false) => $"job.Services.GetRequiredKeyedService<{parameter.Type.Plain}>({key})",
        var (key, _) => $"job.Services.GetKeyedService<{parameter.Type.Plain}>({key})",
    };
}
