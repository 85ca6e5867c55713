using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using JobQueue.Handlers;

namespace JobQueue.Core.Tests.Handlers;

public sealed partial class ArgsSchemaTests
{
    [Fact]
    public void Names_follow_the_policy_and_a_default_is_not_required()
        => Of(typeof(Mail), Serializer(JsonNamingPolicy.SnakeCaseLower)).Should().Contain("\"mail_to\"").And.Contain("\"required\":[\"mail_to\"]");

    [Fact]
    public void A_policy_of_the_host_is_followed()
        => Of(typeof(Mail), Serializer(JsonNamingPolicy.KebabCaseLower)).Should().Contain("\"mail-to\"").And.NotContain("mail_to");

    [Fact]
    public void A_context_is_enough_without_reflection()
        => Of(typeof(Mail), new JsonSerializerOptions { TypeInfoResolver = MailContext.Default }).Should().Contain("\"required\":[\"MailTo\"]");

    [Theory]
    [InlineData(typeof(JsonElement))]
    [InlineData(typeof(JsonNode))]
    [InlineData(typeof(object))]
    public void Any_JSON_has_no_schema(Type type) => Of(type, Serializer(policy: null)).Should().BeNull();

    [Fact]
    public void A_type_that_the_serializer_does_not_know_has_none()
        => Of(typeof(Uri), new JsonSerializerOptions { TypeInfoResolver = MailContext.Default }).Should().BeNull();

    [Fact]
    public void A_schema_that_is_too_large_is_left_out()
        => Of(typeof(Mail), Serializer(new LongNames())).Should().BeNull();

    [Fact]
    public void A_handler_without_arguments_takes_an_object() => Of(type: null, Serializer(policy: null)).Should().Be("""{"type":"object"}""");

    private static string? Of(Type? type, JsonSerializerOptions serializer)
        => ArgsSchema.Of(HandlerRegistration.Create("work", new JobHandlerOptions(), static _ => Task.CompletedTask, () => type), serializer);

    private static JsonSerializerOptions Serializer(JsonNamingPolicy? policy)
        => new() { PropertyNamingPolicy = policy, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    internal sealed record Mail(string MailTo, int Copies = 1);

    [JsonSerializable(typeof(Mail))]
    internal sealed partial class MailContext : JsonSerializerContext;

    private sealed class LongNames : JsonNamingPolicy
    {
        public override string ConvertName(string name) => name + new string('x', ArgsSchema.MaxBytes);
    }
}
