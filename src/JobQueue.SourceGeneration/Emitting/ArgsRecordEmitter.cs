using JobQueue.SourceGeneration.Models;

namespace JobQueue.SourceGeneration.Emitting;

/// <summary>Writes the records that plain parameters become, each in the namespace of its handler's class.</summary>
internal static class ArgsRecordEmitter
{
    public const string FileName = "JobQueue.Args.g.cs";

    public static string Emit(IReadOnlyList<HandlerModel> handlers, AssemblyModel assembly)
    {
        var code = new CodeWriter();
        code.WriteHeader();
        var spaces = handlers.Where(static handler => handler.Args.Record is not null).GroupBy(static handler => handler.Namespace, StringComparer.Ordinal);
        code.Separated(spaces.OrderBy(static space => space.Key, StringComparer.Ordinal), space =>
        {
            if (space.Key.Length > 0)
            {
                code.Open($"namespace {space.Key}");
            }

            code.Separated(space, handler => Write(code, handler, assembly));
            if (space.Key.Length > 0)
            {
                code.Close();
            }
        });
        return code.ToString();
    }

    private static void Write(CodeWriter code, HandlerModel handler, AssemblyModel assembly)
    {
        code.Line($"/// <summary>The arguments of the handler <c>{handler.Name}</c>, <c>{Headers.Xml(handler.Display)}</c>.</summary>");
        foreach (var member in handler.Args.Members)
        {
            code.Line($"/// <param name=\"{member.Property}\">The handler's parameter <c>{Headers.Xml(member.Name)}</c>.</param>");
        }

        code.WriteGeneratedCode();
        var members = handler.Args.Members.Select(static member => $"{member.Type.Name} {member.Property}{(member.Default is { } value ? " = " + value : "")}");
        code.Line($"{Headers.Access(assembly.IsPublic && handler.IsPublic)} sealed record {handler.Args.Record}({string.Join(", ", members)});");
    }
}
