using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;

namespace JobQueue.SourceGeneration.Emitting;

/// <summary>Writes the typed methods of <c>IJobQueue</c> that enqueue jobs of each handler.</summary>
internal static class EnqueueEmitter
{
    public const string FileName = "JobQueue.Enqueue.g.cs";

    private const string Configure = "global::System.Action<global::JobQueue.EnqueueOptions>?";
    private const string Token = "global::System.Threading.CancellationToken";
    private const string Tasks = "global::System.Threading.Tasks.Task";

    public static string Emit(IReadOnlyList<HandlerModel> handlers, AssemblyModel assembly)
    {
        var code = new CodeWriter();
        code.WriteHeader();
        code.Line("namespace JobQueue;");
        code.Line();
        code.Line("/// <summary>Enqueues jobs for the <c>[JobHandler]</c> methods of this assembly, with typed arguments.</summary>");
        code.WriteGeneratedCode();
        code.Open($"{Headers.Access(assembly.IsPublic)} static class GeneratedEnqueueExtensions");
        code.Separated(handlers, handler =>
        {
            var access = Headers.Access(assembly.IsPublic && handler.IsPublic);
            WriteOne(code, handler, access);
            if (handler.EnqueueManyMethod is not null)
            {
                code.Line();
                WriteMany(code, handler, access);
            }
        });
        if (handlers.Any(static handler => handler.EnqueueManyMethod is not null))
        {
            code.Line();
            WriteRequests(code);
        }

        code.Close();
        return code.ToString();
    }

    private static void WriteOne(CodeWriter code, HandlerModel handler, string access)
    {
        var members = handler.Args.Members;
        var taken = members.Select(static member => member.Name).ToList();
        var jobs = Identifiers.Unique("jobs", taken);
        var configure = Identifiers.Unique("configure", taken);
        var token = Identifiers.Unique("cancellationToken", taken);
        WriteSummary(code, $"Enqueues a job for the handler <c>{handler.Name}</c>, {Method(handler)}.");
        code.Line($"/// <param name=\"{jobs}\">The queue.</param>");
        WriteArgsDocs(code, handler, static member => $"The job's <c>{Headers.Xml(member.Name)}</c>.");
        code.Line($"/// <param name=\"{configure}\">Sets the job's own options.</param>");
        code.Line($"/// <param name=\"{token}\">Ends the wait. A job that was already on its way may still be stored.</param>");
        code.Line("/// <returns>The job's id.</returns>");
        code.Line($"{access} static {Tasks}<global::JobQueue.JobId> {handler.EnqueueMethod}(");
        code.Deeper(() =>
        {
            code.Line($"this global::JobQueue.IJobQueue {jobs},");
            foreach (var parameter in ParametersOf(handler))
            {
                code.Line(parameter + ",");
            }

            code.Line($"{Configure} {configure} = null,");
            code.Line($"{Token} {token} = default)");
        });
        code.Open();
        code.Line($"global::System.ArgumentNullException.ThrowIfNull({jobs});");
        code.Line($"return {jobs}.EnqueueAsync<{handler.Args.Type?.Name ?? "object?"}>({Literals.Of(handler.Name)}, {ArgsOf(handler)}, {configure}, {token});");
        code.Close();
    }

    private static void WriteMany(CodeWriter code, HandlerModel handler, string access)
    {
        var type = handler.Args.Type!.Name;
        WriteSummary(code, $"Enqueues any number of jobs for the handler <c>{handler.Name}</c>, {Method(handler)}.");
        code.Line("/// <param name=\"jobs\">The queue.</param>");
        code.Line("/// <param name=\"args\">The arguments of each job.</param>");
        code.Line("/// <param name=\"configure\">Sets the options of one job; it is given the job's arguments.</param>");
        code.Line("/// <param name=\"cancellationToken\">Ends the call between two calls to Redis, and the wait for the current one.</param>");
        code.Line("/// <returns>The ids, in the order of the arguments.</returns>");
        code.Line($"{access} static {Tasks}<global::System.Collections.Generic.IReadOnlyList<global::JobQueue.JobId>> {handler.EnqueueManyMethod}(");
        code.Deeper(() =>
        {
            code.Line("this global::JobQueue.IJobQueue jobs,");
            code.Line($"global::System.Collections.Generic.IEnumerable<{type}> args,");
            code.Line($"global::System.Action<{type}, global::JobQueue.EnqueueOptions>? configure = null,");
            code.Line($"{Token} cancellationToken = default)");
        });
        code.Open();
        code.Line("global::System.ArgumentNullException.ThrowIfNull(jobs);");
        code.Line("global::System.ArgumentNullException.ThrowIfNull(args);");
        code.Line($"return jobs.EnqueueManyAsync(Requests({Literals.Of(handler.Name)}, args, configure), cancellationToken);");
        code.Close();
    }

    private static void WriteRequests(CodeWriter code)
    {
        code.Line("private static global::System.Collections.Generic.IEnumerable<global::JobQueue.JobRequest> Requests<TArgs>(");
        code.Deeper(() =>
        {
            code.Line("string name,");
            code.Line("global::System.Collections.Generic.IEnumerable<TArgs> args,");
            code.Line("global::System.Action<TArgs, global::JobQueue.EnqueueOptions>? configure)");
        });
        code.Open();
        code.Open("foreach (var one in args)");
        code.Line("var request = global::JobQueue.JobRequest.Create(name, one);");
        code.Line("configure?.Invoke(one, request.Options);");
        code.Line("yield return request;");
        code.Close();
        code.Close();
    }

    private static IEnumerable<string> ParametersOf(HandlerModel handler) => handler.Args switch
    {
        { Type: null } => [],
        { Record: null, Type: { } type } => [$"{type.Name} args"],
        var args => args.Members.Select(static member => $"{member.Type.Name} {member.Identifier}{(member.Default is { } value ? " = " + value : "")}"),
    };

    private static string ArgsOf(HandlerModel handler) => handler.Args switch
    {
        { Type: null } => "null",
        { Record: null } => "args",
        var args => $"new {args.Type!.Name}({string.Join(", ", args.Members.Select(static member => member.Identifier))})",
    };

    private static void WriteSummary(CodeWriter code, string text) => code.Line($"/// <summary>{text}</summary>");

    private static void WriteArgsDocs(CodeWriter code, HandlerModel handler, Func<MemberModel, string> describe)
    {
        if (handler.Args is { Type: not null, Record: null })
        {
            code.Line("/// <param name=\"args\">The arguments.</param>");
        }

        foreach (var member in handler.Args.Members)
        {
            code.Line($"/// <param name=\"{member.Name}\">{describe(member)}</param>");
        }
    }

    private static string Method(HandlerModel handler) => $"<c>{Headers.Xml(handler.Display)}</c>";
}
