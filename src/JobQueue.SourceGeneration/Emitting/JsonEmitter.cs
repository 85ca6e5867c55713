using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;

namespace JobQueue.SourceGeneration.Emitting;

/// <summary>
/// Writes the JSON metadata of the generated records, which System.Text.Json's own generator can't see, and of the simple values that
/// arguments and results are made of, so that a host's <c>JsonSerializerContext</c> lists only types of its own.
/// </summary>
internal static class JsonEmitter
{
    public const string FileName = "JobQueue.Json.g.cs";

    private const string Options = "global::System.Text.Json.JsonSerializerOptions options";
    private const string TypeInfo = "global::System.Text.Json.Serialization.Metadata.JsonTypeInfo";

    public static bool IsNeeded(IReadOnlyList<HandlerModel> handlers)
        => handlers.Any(static handler => handler.Args.Record is not null || handler.Values.Count > 0);

    public static string Emit(IReadOnlyList<HandlerModel> handlers, AssemblyModel assembly)
    {
        var records = handlers.Where(static handler => handler.Args.Record is not null).OrderBy(static handler => handler.Args.Type!.Name, StringComparer.Ordinal).ToList();
        var values = handlers.SelectMany(static handler => handler.Values).Distinct().OrderBy(static value => value.Type, StringComparer.Ordinal).ToList();
        var code = new CodeWriter();
        code.WriteHeader("System.Text.Json.Serialization.Metadata");
        code.Line("namespace JobQueue;");
        code.Line();
        code.Open($"{Headers.Access(assembly.IsPublic)} static partial class GeneratedJobHandlers");
        code.Line("/// <summary>Reads and writes the generated arguments, and simple values, without reflection.</summary>");
        code.WriteGeneratedCode();
        code.Open("private sealed class ArgsResolver : IJsonTypeInfoResolver");
        WriteLookUp(code, records, values);
        foreach (var handler in records)
        {
            code.Line();
            WriteRecord(code, handler);
        }

        JsonHelpers.Write(code, hasRecords: records.Count > 0, hasValues: values.Count > 0);
        code.Close();
        code.Close();
        return code.ToString();
    }

    /// <summary>By name, so that a look-up does not load the other records.</summary>
    private static void WriteLookUp(CodeWriter code, List<HandlerModel> records, List<ValueTypeModel> values)
    {
        code.Open($"public {TypeInfo}? GetTypeInfo(global::System.Type type, {Options})");
        if (records.Count > 0)
        {
            code.Open("if (type.Assembly == typeof(ArgsResolver).Assembly)");
            code.Open("switch (type.FullName)");
            foreach (var handler in records)
            {
                code.Line($"case {Literals.Of(FullName(handler))}: return Create_{handler.Identifier}(options);");
            }

            code.Close();
            code.Close();
            code.Line();
        }

        foreach (var value in values)
        {
            code.Line($"if (type == typeof({value.Type})) return Value<{value.Type}>(options, {value.Converter});");
        }

        code.Line("return null;");
        code.Close();
    }

    private static string FullName(HandlerModel handler) => (handler.Namespace.Length == 0 ? "" : handler.Namespace.Replace("@", "") + ".") + handler.Args.Record;

    private static void WriteRecord(CodeWriter code, HandlerModel handler)
    {
        var type = handler.Args.Type!.Name;
        var members = handler.Args.Members;
        code.Line($"private static {TypeInfo} Create_{handler.Identifier}({Options})");
        code.Deeper(() =>
        {
            code.Line($"=> JsonMetadataServices.CreateObjectInfo(options, new JsonObjectInfoValues<{type}>");
            code.Open();
            code.Line($"ObjectWithParameterizedConstructorCreator = static values => new {type}({string.Join(", ", members.Select(Value))}),");
            WriteList(code, "ConstructorParameterMetadataInitializer = static () =>", members.Select(static (member, at) =>
                $"Parameter({Literals.Of(member.Name)}, typeof({member.Type.Plain}), {at}, {Flag(member.Type.AcceptsNull)}{Default(member)})"));
            WriteList(code, "PropertyMetadataInitializer = _ =>", members.Select(member =>
                $"Member<{type}, {member.Type.Name}>(options, {Literals.Of(member.Name)}, static args => (({type})args).{member.Property}, isRequired: {Flag(member.Default is null)}, {Flag(member.Type.AcceptsNull)})"));
            code.Close("});");
        });
    }

    private static string Value(MemberModel member, int at)
        => member.Type is { AcceptsNull: false, IsReference: true }
            ? $"NotNull<{member.Type.Name}>(values[{at}], {Literals.Of(member.Name)})"
            : $"({member.Type.Name})values[{at}]{(member.Type.AcceptsNull ? "" : "!")}";

    private static string Default(MemberModel member) => member.Default is { } value ? $", hasDefault: true, ({member.Type.Name}){Parenthesised(value)}" : "";

    private static string Parenthesised(string value) => value.StartsWith("-", StringComparison.Ordinal) ? $"({value})" : value;

    private static string Flag(bool acceptsNull) => acceptsNull ? "true" : "false";

    private static void WriteList(CodeWriter code, string head, IEnumerable<string> elements)
    {
        code.Line(head);
        code.Line("[");
        code.Deeper(() =>
        {
            foreach (var element in elements)
            {
                code.Line(element + ",");
            }
        });
        code.Line("],");
    }
}
