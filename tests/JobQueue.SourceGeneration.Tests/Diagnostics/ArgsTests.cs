using JobQueue.SourceGeneration.Tests.Infrastructure;

namespace JobQueue.SourceGeneration.Tests.Diagnostics;

public sealed class ArgsTests
{
    [Theory]
    [InlineData("IDisposable", "an interface")]
    [InlineData("IServiceProvider", "mark it with [FromServices]")]
    [InlineData("Action", "a delegate")]
    [InlineData("object", "says nothing about what to read")]
    [InlineData("dynamic", "says nothing about what to read")]
    [InlineData("(int, string)", "a tuple")]
    [InlineData("int[,]", "several dimensions")]
    [InlineData("nint", "belongs to a process")]
    [InlineData("Type", "belongs to a process")]
    [InlineData("Task<int>", "belongs to a process")]
    [InlineData("System.IO.FileStream", "belongs to a process")]
    [InlineData("CancellationToken?", "belongs to a process")]
    [InlineData("System.Collections.ArrayList", "type of its elements")]
    [InlineData("IEnumerable<Action>", "a delegate")]
    [InlineData("List<IDisposable>", "an interface")]
    [InlineData("Dictionary<Plain, int>", "no key of a JSON object")]
    [InlineData("Dictionary<string, object>", "says nothing about what to read")]
    [InlineData("Abstract", "an abstract class")]
    [InlineData("NoConstructor", "no public constructor")]
    [InlineData("TwoConstructors", "several public constructors")]
    [InlineData("Mismatch", "'number' of Mismatch's constructor")]
    [InlineData("WrongType", "'number' of WrongType's constructor")]
    public Task Args_that_can_not_be_read(string type, string message) => OnType($"{{|JQ4011:{type}|}}", message);

    [Theory]
    [InlineData("string")]
    [InlineData("int?")]
    [InlineData("DayOfWeek")]
    [InlineData("byte[]")]
    [InlineData("ReadOnlyMemory<byte>")]
    [InlineData("int[][]")]
    [InlineData("IReadOnlyDictionary<Guid, List<Plain>>")]
    [InlineData("System.Collections.Immutable.ImmutableArray<int>")]
    [InlineData("System.Text.Json.JsonElement")]
    [InlineData("System.Text.Json.Nodes.JsonNode")]
    [InlineData("Plain")]
    [InlineData("Plain?")]
    [InlineData("Positional")]
    [InlineData("PositionalStruct")]
    [InlineData("Marked")]
    [InlineData("Derived")]
    [InlineData("Animal")]
    [InlineData("IAnimal")]
    [InlineData("Converted")]
    [InlineData("Node")]
    [InlineData("Version")]
    [InlineData("Uri")]
    public Task Args_that_can_be_read(string type) => OnType(type);

    [Theory]
    [InlineData("record Holder(IDisposable Inner)", "Holder.Inner", "an interface")]
    [InlineData("class Holder { public Action? Done { get; set; } }", "Holder.Done", "a delegate")]
    [InlineData("class Holder { public List<Deeper> All { get; init; } = []; } class Deeper { public object? Any { get; set; } }", "Deeper.Any", "what to read")]
    public Task A_member_that_can_not_be_read(string declaration, string member, string message) => DiagnosticCase.VerifyAsync($$"""
        static class Jobs
        {
            [JobHandler("a")]
            public static Task RunAsync({|JQ4024:Holder|} args) => Task.CompletedTask;
        }

        {{declaration}}{{(declaration.EndsWith(')') ? ";" : "")}}
        """, member, message);

    [Theory]
    [InlineData("class Holder { [System.Text.Json.Serialization.JsonIgnore] public Action? Done { get; set; } }")]
    [InlineData("class Holder { public Action? Computed => null; }")]
    [InlineData("class Holder { internal Action? Hidden { get; set; } public static Action? Shared { get; set; } }")]
    public Task A_member_that_is_not_read(string declaration) => DiagnosticCase.VerifyAsync($$"""
        static class Jobs
        {
            [JobHandler("a")]
            public static Task RunAsync(Holder args) => Task.CompletedTask;
        }

        {{declaration}}
        """);

    [Theory]
    [InlineData("int toString", "toString")]
    [InlineData("int equalityContract, int b", "equalityContract")]
    [InlineData("int clone, int b", "clone")]
    [InlineData("int aArgs", "aArgs")]
    [InlineData("int _", "_")]
    [InlineData("int userId, int UserId", "UserId")]
    [InlineData("int user_id, int userId", "userId")]
    [InlineData("int userId, int userID", "userID")]
    [InlineData("int _1", "_1")]
    public Task A_parameter_that_can_not_be_a_member(string parameters, string wrong)
        => OnParameters(parameters[..parameters.LastIndexOf(wrong, StringComparison.Ordinal)] + $"{{|JQ4012:{wrong}|}}" + parameters[(parameters.LastIndexOf(wrong, StringComparison.Ordinal) + wrong.Length)..]);

    [Fact]
    public Task A_record_that_exists() => DiagnosticCase.VerifyAsync("""
        namespace App;

        static class Jobs
        {
            [JobHandler("a")]
            public static Task {|JQ4013:RunAsync|}(int number) => Task.CompletedTask;
        }

        record AArgs;
        """, "App.AArgs");

    [Fact]
    public Task A_record_of_that_name_elsewhere() => DiagnosticCase.VerifyAsync("""
        namespace App
        {
            static class Jobs
            {
                [JobHandler("a")]
                public static Task RunAsync(int number) => Task.CompletedTask;
            }

            record AArgs<T>;
        }

        namespace Other
        {
            record AArgs;
        }
        """);

    private static Task OnParameters(string parameters) => DiagnosticCase.VerifyAsync($$"""
        static class Jobs
        {
            [JobHandler("a")]
            public static Task RunAsync({{parameters}}) => Task.CompletedTask;
        }
        """);

    private static Task OnType(string type, params string[] message) => DiagnosticCase.VerifyAsync($$"""
        using System.Text.Json.Serialization;

        public static class Jobs
        {
            [JobHandler("a")]
            public static Task RunAsync({{type}} value) => Task.CompletedTask;
        }

        public class Plain { public int Number { get; set; } public Plain? Next { get; set; } }
        public record Positional(int Number, string? Text = null);
        public record struct PositionalStruct(int Number);
        public class Marked { private Marked() { } public Marked(string text) { } [JsonConstructor] internal Marked(int number) => Number = number; public int Number { get; } }
        public class Derived(int number) : Base(number);
        public class Base(int number) { public int Number => number; }
        [JsonDerivedType(typeof(Dog), "dog")] public abstract class Animal;
        public sealed class Dog : Animal, IAnimal;
        [JsonDerivedType(typeof(Dog), "dog")] public interface IAnimal;
        [JsonConverter(typeof(JsonStringEnumConverter))] public abstract class Converted;
        public class Node { public List<Node> Children { get; set; } = []; }
        public abstract class Abstract;
        public class NoConstructor { internal NoConstructor() { } }
        public class TwoConstructors { public TwoConstructors(int number) { } public TwoConstructors(string text) { } }
        public class Mismatch { public Mismatch(int number) { } }
        public class WrongType { public WrongType(int number) { } public string Number => ""; }
        """, message);
}
