using JobQueue.SourceGeneration.Tests.Infrastructure;

namespace JobQueue.SourceGeneration.Tests.Diagnostics;

/// <summary>Handlers that recur by an attribute, and what their jobs would have to carry.</summary>
public sealed class RecurringArgsTests
{
    [Theory]
    [InlineData("string {|JQ4032:userId|}", "Jobs.RunAsync recurs by an attribute, so its jobs have no arguments, and the parameter 'userId' has no default")]
    [InlineData("int? {|JQ4032:first|}, List<int> {|JQ4032:second|}, int third = 3", "'second'")]
    [InlineData("CancellationToken token, Dictionary<string, int> {|JQ4032:map|}", "'map'")]
    [InlineData("{|JQ4032:OneParameter|} args", "'Name' of OneParameter must be given")]
    [InlineData("{|JQ4032:OneParameter?|} args = null", "'Name' of OneParameter must be given")]
    [InlineData("{|JQ4032:RequiredMember|} args", "'Name' of RequiredMember must be given")]
    [InlineData("{|JQ4032:JsonRequiredMember|} args", "'Number' of JsonRequiredMember must be given")]
    [InlineData("{|JQ4032:Derived|} args", "'Name' of Derived must be given")]
    [InlineData("{|JQ4032:MarkedStruct|} args", "'number' of MarkedStruct must be given")]
    [InlineData("{|JQ4032:Shape|} args", "does not say which Shape to make")]
    public Task Arguments_that_must_be_given(string parameters, string message) => On(parameters, message);

    [Theory]
    [InlineData("")]
    [InlineData("JobContext job, CancellationToken token, [FromServices] IDisposable service")]
    [InlineData("int number = 1, string? text = null, DayOfWeek day = DayOfWeek.Friday")]
    [InlineData("AllDefaults args, JobContext job")]
    [InlineData("Plain args")]
    [InlineData("PlainStruct args")]
    [InlineData("SetsAll args")]
    [InlineData("Converted args")]
    [InlineData("System.Text.Json.JsonElement args")]
    [InlineData("System.Text.Json.Nodes.JsonNode args")]
    public Task Arguments_that_may_be_left_out(string parameters) => On(parameters);

    private static Task On(string parameters, params string[] parts) => DiagnosticCase.VerifyAsync($$"""
        using System.Diagnostics.CodeAnalysis;
        using System.Text.Json;
        using System.Text.Json.Serialization;

        public sealed record OneParameter(string Name, int Number = 1);
        public sealed record AllDefaults(string? Name = null, int Number = 1) { public string? Note { get; init; } }
        public sealed class Plain { public string? Name { get; set; } }
        public record struct PlainStruct(int Number);
        public sealed class RequiredMember { public required string Name { get; init; } }
        public sealed class JsonRequiredMember { [JsonRequired] public int Number { get; set; } }
        public class Base { public required string Name { get; init; } }
        public sealed class Derived : Base;
        public sealed class SetsAll { [SetsRequiredMembers] public SetsAll() => Name = ""; public required string Name { get; init; } }

        public readonly struct MarkedStruct
        {
            [JsonConstructor] public MarkedStruct(int number) => Number = number;
            public int Number { get; }
        }

        [JsonDerivedType(typeof(Circle), "circle")]
        public abstract record Shape;
        public sealed record Circle(int Radius) : Shape;

        [JsonConverter(typeof(Converter))]
        public sealed record Converted(int Number);
        public sealed class Converter : JsonConverter<Converted>
        {
            public override Converted Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) { reader.Skip(); return new Converted(0); }
            public override void Write(Utf8JsonWriter writer, Converted value, JsonSerializerOptions options) => writer.WriteNullValue();
        }

        public static class Jobs
        {
            [JobHandler("a"), Every("00:05:00")]
            public static Task RunAsync({{parameters}}) => Task.CompletedTask;
        }
        """, parts);
}
