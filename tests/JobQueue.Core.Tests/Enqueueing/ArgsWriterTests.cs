using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using JobQueue.Enqueueing;

namespace JobQueue.Core.Tests.Enqueueing;

/// <summary>The buffer that arguments are written in is used again, which nobody may notice.</summary>
public sealed class ArgsWriterTests
{
    public static TheoryData<JsonSerializerOptions> Formats =>
    [
        JsonSerializerOptions.Default,
        JsonSerializerOptions.Web,
        new JsonSerializerOptions { WriteIndented = true, IndentCharacter = '\t', IndentSize = 1, NewLine = "\r\n", TypeInfoResolver = new DefaultJsonTypeInfoResolver() },
        new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = new DefaultJsonTypeInfoResolver() },
    ];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Arguments_are_written_as_the_hosts_serialiser_writes_them(JsonSerializerOptions format)
    {
        var writer = new ArgsWriter(new JobQueueOptions { SerializerOptions = format });
        var args = new { Text = "Grüße <&> \"", Numbers = new[] { 1, 2 }, Nothing = (string?)null };

        Write(writer, args).Should().Equal(JsonSerializer.SerializeToUtf8Bytes(args, format));
        Write(writer, args).Should().Equal(JsonSerializer.SerializeToUtf8Bytes(args, format), "the second time in the same buffer");
    }

    [Fact]
    public void Json_stays_as_it_is()
        => Write(new ArgsWriter(new JobQueueOptions()), JsonDocument.Parse("""{ "a" : [1.50, "\u0041"] }""").RootElement)
            .Should().Equal("""{ "a" : [1.50, "\u0041"] }"""u8.ToArray());

    [Fact]
    public void No_arguments_are_an_empty_object() => Write(new ArgsWriter(new JobQueueOptions()), args: null).Should().Equal("{}"u8.ToArray());

    [Fact]
    public void Arguments_that_write_others_while_they_are_written_are_whole()
    {
        var writer = new ArgsWriter(new JobQueueOptions { SerializerOptions = JsonSerializerOptions.Web });
        var nested = new Nested(writer);

        Write(writer, nested).Should().Equal("""{"inner":"123","last":7}"""u8.ToArray());
    }

    [Fact]
    public void A_failure_leaves_nothing_behind()
    {
        var writer = new ArgsWriter(new JobQueueOptions { SerializerOptions = JsonSerializerOptions.Web, MaxPayloadBytes = 1_024 });

        FluentActions.Invoking(() => Write(writer, new Broken())).Should().Throw<InvalidJobException>();
        FluentActions.Invoking(() => Write(writer, new string('a', 2_000))).Should().Throw<InvalidJobException>();
        FluentActions.Invoking(() => Use(static () => throw new TimeoutException())).Should().Throw<TimeoutException>("what makes the answer may fail too");

        Write(writer, 7).Should().Equal("7"u8.ToArray());

        void Use(Action use) => writer.Write("work", typeof(int), 1, state: 0, (_, _) =>
        {
            use();
            return 0;
        });
    }

    private static byte[] Write(ArgsWriter writer, object? args)
        => writer.Write("work", args?.GetType() ?? typeof(object), args, state: 0, static (bytes, _) => bytes.ToArray());

    private sealed class Nested(ArgsWriter writer)
    {
        public string Inner => Encoding.UTF8.GetString(Write(writer, 123));

        public int Last { get; } = 7;
    }

    private sealed class Broken
    {
        public int First { get; } = 1;

        public int Second => First < 0 ? 2 : throw new InvalidOperationException("This property can't be read.");
    }
}
