using JobQueue.Core.Tests.Infrastructure;
using JobQueue.SourceGeneration.Tests.Handlers;

namespace JobQueue.SourceGeneration.Tests.EndToEnd;

/// <summary>Every shape of handler, enqueued by its generated method and run by its generated invoker.</summary>
public sealed class ShapeTests(TestServer server)
{
    private static readonly Order Order = new("c-1", 7, "hello");

    [Fact]
    public async Task A_handler_without_a_result_runs_in_every_shape()
    {
        await using var host = await HandlerHost.StartAsync(server);

        (await host.NoteAsync(await host.Jobs.EnqueueReturnVoidAsync(Order))).Should().Be("c-1");
        (await host.NoteAsync(await host.Jobs.EnqueueReturnTaskAsync(Order))).Should().Be("c-1");
        (await host.NoteAsync(await host.Jobs.EnqueueReturnValueTaskAsync(Order))).Should().Be("c-1");
    }

    [Fact]
    public async Task A_result_comes_back_in_every_shape()
    {
        await using var host = await HandlerHost.StartAsync(server);

        (await host.ResultAsync<Receipt>(await host.Jobs.EnqueueReturnValueAsync(Order))).Should().Be(new Receipt("c-1", 7));
        (await host.ResultAsync<Receipt>(await host.Jobs.EnqueueReturnTaskOfValueAsync(Order))).Should().Be(new Receipt("c-1", 7));
        (await host.ResultAsync<int?>(await host.Jobs.EnqueueReturnValueTaskOfValueAsync(Order))).Should().Be(7);
        (await host.ResultAsync<int?>(await host.Jobs.EnqueueReturnValueTaskOfValueAsync(Order with { Note = null }))).Should().BeNull();
    }

    [Fact]
    public async Task Plain_parameters_make_the_round_trip()
    {
        await using var host = await HandlerHost.StartAsync(server);
        var at = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));

        var all = await host.Jobs.EnqueueManyValuesAsync("u", 3, Guid.Empty, at, DayOfWeek.Friday, [1, 255], "first", 2.25m, "j", TimeSpan.FromSeconds(90));
        var few = await host.Jobs.EnqueueManyValuesAsync("u", null, Guid.Empty, at, DayOfWeek.Sunday, [], "second", configure: options => options.Priority = JobPriority.High);

        (await host.ResultAsync<string>(all)).Should().Be($"u 3 {Guid.Empty:N} {at:O} Friday 01FF first 2.25 j 00:01:30");
        (await host.ResultAsync<string>(few)).Should().Be($"u  {Guid.Empty:N} {at:O} Sunday  second 1.5 null 00:00:00");
        (await host.NoteAsync(all)).Should().Be("seen");
        (await host.Jobs.GetAsync(few))!.Priority.Should().Be(JobPriority.High);
        (await host.ResultAsync<string>(await host.Jobs.EnqueueNoParametersAsync())).Should().Be("none");
        (await host.ResultAsync<string>(await host.Jobs.EnqueueOneValueAsync("u-1"))).Should().Be("u-1");
        (await host.ResultAsync<int>(await host.Jobs.EnqueueOneListAsync([1, 2, 3]))).Should().Be(6);
        (await host.ResultAsync<Receipt>(await host.Jobs.EnqueueWithOwnTypesAsync(Order, null))).Should().Be(new Receipt("c-1", 7));
    }

    [Fact]
    public async Task Many_jobs_are_enqueued_by_one_call()
    {
        await using var host = await HandlerHost.StartAsync(server);
        Order[] orders = [new("a", 1), new("b", 2), new("c", 3)];

        var ids = await host.Jobs.EnqueueManyReturnValueAsync(orders, (order, options) => options.UserId = order.CustomerId);
        var plain = await host.Jobs.EnqueueManyOneValueAsync([new OneValueArgs("x"), new OneValueArgs("y")]);

        ids.Should().HaveCount(3);
        for (var i = 0; i < orders.Length; i++)
        {
            (await host.ResultAsync<Receipt>(ids[i])).Should().Be(new Receipt(orders[i].CustomerId, orders[i].Amount));
            (await host.Jobs.GetAsync(ids[i]))!.UserId.Should().Be(orders[i].CustomerId);
        }

        (await host.ResultAsync<string>(plain[0])).Should().Be("x");
        (await host.ResultAsync<string>(plain[1])).Should().Be("y");
    }

    [Fact]
    public async Task A_handlers_class_and_its_services_come_from_the_scope_of_the_attempt()
    {
        await using var host = await HandlerHost.StartAsync(server);

        (await host.ResultAsync<bool>(await host.Jobs.EnqueueScopeAsync())).Should().BeTrue();
        (await host.ResultAsync<bool>(await host.Jobs.EnqueueScopeAsync())).Should().BeTrue("each attempt has a scope of its own");
        (await host.ResultAsync<string>(await host.Jobs.EnqueueKeyedAsync())).Should().Be("frankfurt");
    }

    [Fact]
    public async Task A_job_under_a_former_name_runs()
    {
        await using var host = await HandlerHost.StartAsync(server);

        var former = await host.Jobs.EnqueueAsync("former_name", new { user_id = "old" });
        var present = await host.Jobs.EnqueuePresentNameAsync("new");

        (await host.ResultAsync<string>(former)).Should().Be("old");
        (await host.ResultAsync<string>(present)).Should().Be("new");
        (await host.Jobs.GetAsync(present))!.Name.Should().Be("present_name");
    }
}
