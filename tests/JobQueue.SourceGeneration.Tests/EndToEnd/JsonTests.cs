using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.SourceGeneration.Tests.Handlers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JobQueue.SourceGeneration.Tests.EndToEnd;

/// <summary>What generated arguments look like in JSON, and with which resolvers they are read.</summary>
public sealed class JsonTests(TestServer server)
{
    private static readonly DateTimeOffset At = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Names_are_snake_case_by_default()
    {
        await using var host = await HandlerHost.StartAsync(server);

        (await host.ArgsAsync(await EnqueueManyValuesAsync(host))).Should().Be(
            """{"user_id":"u","count":3,"order_id":"00000000-0000-0000-0000-000000000000","at":"2030-01-02T03:04:05+00:00","day":5,"bytes":"Af8=","class":"first","price":1.5,"jobs":null,"wait":"00:00:00"}""");
        (await host.ArgsAsync(await host.Jobs.EnqueueReturnVoidAsync(new Order("c", 1)))).Should().Be("""{"customer_id":"c","amount":1,"note":null}""");
        (await host.ArgsAsync(await host.Jobs.EnqueueNoParametersAsync())).Should().Be("{}");
    }

    [Theory]
    [InlineData("return_void", "customer_id,amount,note")]
    [InlineData("many_values", "user_id,count,order_id,at,day,bytes,class,price,jobs,wait")]
    [InlineData("no_parameters", "")]
    public async Task The_schema_of_the_arguments_names_what_is_to_be_sent(string handler, string members)
    {
        await using var host = await HandlerHost.StartAsync(server);
        var known = await host.Services.GetRequiredService<IJobMonitor>().GetHandlersAsync(TestContext.Current.CancellationToken);

        var schema = JsonSerializer.Deserialize<JsonElement>(known.Single(known => known.Name == handler).ArgsSchema!.Value.Span);

        var named = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(static member => member.Name) : [];
        string.Join(',', named).Should().Be(members);
        if (handler == "many_values")
        {
            schema.GetProperty("required").EnumerateArray().Select(static name => name.GetString()).Should().Contain("user_id").And.NotContain("wait", "it has a default");
        }
    }

    [Fact]
    public async Task Names_are_as_declared_on_demand()
    {
        await using var host = await HandlerHost.StartAsync(server, static options => options.SerializerOptions = new() { RespectRequiredConstructorParameters = true });

        var id = await EnqueueManyValuesAsync(host);

        (await host.ArgsAsync(id)).Should().StartWith("""{"userId":"u","count":3,"orderId":""");
        (await host.ResultAsync<string>(id)).Should().StartWith("u 3 ");
    }

    [Fact]
    public async Task A_host_with_a_context_needs_no_reflection()
    {
        await using var host = await HandlerHost.StartAsync(server, UseContext);
        var serializer = host.Services.GetRequiredService<IOptions<JobQueueOptions>>().Value.SerializerOptions;

        serializer.TypeInfoResolverChain.Should().NotContain(static resolver => resolver is DefaultJsonTypeInfoResolver);
        FluentActions.Invoking(() => serializer.GetTypeInfo(typeof(HandlerHost))).Should().Throw<NotSupportedException>("nothing reads types that nobody listed");
        (await host.ResultAsync<string>(await EnqueueManyValuesAsync(host))).Should().StartWith("u 3 ");
        (await host.ResultAsync<Receipt>(await host.Jobs.EnqueueWithOwnTypesAsync(new Order("c", 1), new Order("d", 2)))).Should().Be(new Receipt("c", 3));
        (await host.ResultAsync<int>(await host.Jobs.EnqueueOneListAsync([1, 2]))).Should().Be(3);
        (await host.ResultAsync<bool>(await host.Jobs.EnqueueScopeAsync())).Should().BeTrue();
        (await host.ResultAsync<int?>(await host.Jobs.EnqueueReturnValueTaskOfValueAsync(new Order("c", 1)))).Should().BeNull();
    }

    [Fact]
    public async Task The_hosts_converters_apply_to_generated_arguments()
    {
        await using var host = await HandlerHost.StartAsync(server, static options =>
        {
            UseContext(options);
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter<DayOfWeek>());
        });

        var id = await EnqueueManyValuesAsync(host);

        (await host.ArgsAsync(id)).Should().Contain("\"day\":\"Friday\"");
        (await host.ResultAsync<string>(id)).Should().Contain(" Friday ");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Arguments_by_name_are_read_with_what_is_left_out_and_what_is_unknown(bool useContext)
    {
        await using var host = await HandlerHost.StartAsync(server, useContext ? UseContext : null);
        using var args = JsonDocument.Parse("""{"unknown":[1],"user_id":"u","count":null,"order_id":"00000000-0000-0000-0000-000000000000","at":"2030-01-02T03:04:05+00:00","day":1,"bytes":"","class":"c"}""");

        var id = await EnqueueByNameAsync(host, "many_values", args);

        (await host.ResultAsync<string>(id)).Should().EndWith(" Monday  c 1.5 null 00:00:00");
    }

    [Theory]
    [InlineData(false, "{}", "user_id")]
    [InlineData(true, "{}", "user_id")]
    [InlineData(false, "{\"user_id\":null}", "user")]
    [InlineData(true, "{\"user_id\":null}", "user")]
    public async Task A_required_argument_that_is_missing_or_null_fails_the_job_at_once(bool useContext, string json, string named)
    {
        await using var host = await HandlerHost.StartAsync(server, useContext ? UseContext : null);
        using var args = JsonDocument.Parse(json);

        var id = await EnqueueByNameAsync(host, "one_value", args);

        (await FluentActions.Awaiting(() => host.ResultAsync<string>(id)).Should().ThrowAsync<JobFailedException>()).Which.Message.Should().Contain(named);
        (await host.Jobs.GetAsync(id))!.Attempts.Should().ContainSingle("another attempt would fail in the same way");
    }

    private static void UseContext(JobQueueOptions options)
    {
        options.SerializerOptions = new(options.SerializerOptions) { TypeInfoResolver = JsonTypeInfoResolver.Combine(ShapesContext.Default, ElementContext.Default) };
    }

    private static Task<JobId> EnqueueManyValuesAsync(HandlerHost host)
        => host.Jobs.EnqueueManyValuesAsync("u", 3, Guid.Empty, At, DayOfWeek.Friday, [1, 255], "first");

    private static Task<JobId> EnqueueByNameAsync(HandlerHost host, string name, JsonDocument args) => host.Jobs.EnqueueAsync(name, args.RootElement);
}

/// <summary>What tests pass in place of typed arguments.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ElementContext : JsonSerializerContext;
