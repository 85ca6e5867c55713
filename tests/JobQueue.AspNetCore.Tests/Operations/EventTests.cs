using System.Net;
using System.Text.Json;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.AspNetCore.Tests.Operations;

/// <summary>What listeners are told, and what they cost.</summary>
public sealed class EventTests(TestServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listener_gets_the_counts_at_once_and_then_what_happens()
    {
        await using var host = await ApiHost.StartAsync(server);
        await using var events = await EventStream.OpenAsync(host);
        (await events.NextAsync()).Kind.Should().Be("counts");

        var id = (await host.PostAsync("/jobs/enqueue", new { name = "echo" }, 201)).GetProperty("job_id").GetString()!;

        await events.UntilAsync(told => told.Kind == "jobs" && told.Data.GetProperty("changes").EnumerateArray().Any(change => IsOf(change, "completed", id)), "its end is told");
        await events.UntilAsync(static told => told.Kind == "counts" && told.Data.GetProperty("completed").GetInt64() == 1, "the new counts are told");
        Golden.Verify(Shapes.Of((await events.UntilAsync(static told => told.Kind == "counts", "the counts were told", fromStart: true)).Data), "counts.golden.json");
    }

    [Fact]
    public async Task One_that_comes_back_gets_what_it_has_missed_and_one_that_is_not_known_a_reset()
    {
        await using var host = await ApiHost.StartAsync(server);
        await using var keeper = await EventStream.OpenAsync(host);
        string last;
        await using (var first = await EventStream.OpenAsync(host))
        {
            last = (await first.NextAsync()).Id!;
        }

        await host.PostAsync("/jobs/enqueue", new { name = "echo" }, 201);
        await keeper.UntilAsync(static told => told.Kind == "counts" && told.Data.GetProperty("completed").GetInt64() == 1, "it has happened");

        await using var again = await EventStream.OpenAsync(host, last);
        (await again.NextAsync()).Kind.Should().Be("jobs");
        await using var stranger = await EventStream.OpenAsync(host, "0123456789ab-7");
        var reset = await stranger.NextAsync();
        (reset.Kind, reset.Data.GetProperty("reason").GetString()).Should().Be(("reset", "unknown_event"));
        (await stranger.NextAsync()).Kind.Should().Be("counts");
    }

    [Fact]
    public async Task Two_hundred_listeners_cost_the_store_one_subscription_and_one_more_is_sent_away()
    {
        await using var host = await ApiHost.StartAsync(server);
        using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        Task<long> CountAsync() => connection.GetDatabase().SortedSetLengthAsync(host.Key("listeners"));
        var listeners = new List<EventStream>();
        try
        {
            for (var number = 0; number < 200; number++)
            {
                listeners.Add(await EventStream.OpenAsync(host));
            }

            (await CountAsync()).Should().Be(1);
            using var refused = await host.Client.GetAsync(ApiHost.Base + "/events", HttpCompletionOption.ResponseHeadersRead, Token);
            refused.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter.Should().NotBeNull();

            var id = (await host.PostAsync("/jobs/enqueue", new { name = "echo" }, 201)).GetProperty("job_id").GetString()!;
            await Task.WhenAll(listeners.Select(listener => listener.UntilAsync(
                told => told.Kind == "jobs" && told.Data.GetProperty("changes").EnumerateArray().Any(change => IsOf(change, "completed", id)), "each is told")));
        }
        finally
        {
            foreach (var listener in listeners)
            {
                await listener.DisposeAsync();
            }
        }

        await Eventually.HoldsAsync(async () => await CountAsync() == 0, "nobody listens when all have gone");
        await using var next = await EventStream.OpenAsync(host);
        (await next.NextAsync()).Kind.Should().Be("counts");
    }

    [Fact]
    public async Task A_slow_listener_loses_the_oldest_events_and_is_told_so()
    {
        var listener = new AspNetCore.Operations.EventListener();
        var history = new AspNetCore.Operations.EventHistory();
        for (var number = 0; number < 300; number++)
        {
            listener.Add(history.Add(AspNetCore.Operations.EventKind.Jobs, "{}"u8));
        }

        var frames = new List<string>();
        await foreach (var frame in listener.ReadAsync(Token))
        {
            frames.Add(System.Text.Encoding.UTF8.GetString(frame));
            if (frames.Count == 201)
            {
                break;
            }
        }

        frames[0].Should().Be("event: reset\ndata: {\"reason\":\"too_slow\"}\n\n");
        frames[1].Should().Contain("-101\nevent: jobs\n");
        frames[200].Should().Contain("-300\nevent: jobs\n");
    }

    [Fact]
    public void The_last_hundred_events_are_kept_for_those_who_come_back()
    {
        var history = new AspNetCore.Operations.EventHistory();
        var ids = Enumerable.Range(0, 150).Select(_ => IdOf(history.Add(AspNetCore.Operations.EventKind.Jobs, "{}"u8))).ToList();

        history.Since(ids[149])!.Should().BeEmpty();
        history.Since(ids[148])!.Select(IdOf).Should().Equal(ids[149]);
        history.Since(ids[49])!.Select(IdOf).Should().Equal(ids[50..]);
        history.Since(ids[48]).Should().BeNull("one of those since is not kept any more");
        history.Since(ids[149].Replace("-150", "-151", StringComparison.Ordinal)).Should().BeNull();
        history.Since("").Should().BeNull();
        history.Since("x-1").Should().BeNull();
    }

    [Fact]
    public async Task A_host_that_stops_ends_the_streams()
    {
        var host = await ApiHost.StartAsync(server);
        await using var events = await EventStream.OpenAsync(host);
        await events.NextAsync();

        await Eventually.EndsAsync(host.DisposeAsync().AsTask());

        (await Eventually.EndsAsync(events.EndAsync())).Should().BeTrue();
    }

    private static bool IsOf(JsonElement change, string state, string id)
        => change.GetProperty("state").GetString() == state && change.GetProperty("job_ids").EnumerateArray().Any(told => told.GetString() == id);

    private static string IdOf(byte[] frame) => System.Text.Encoding.UTF8.GetString(frame).Split('\n')[0]["id: ".Length..];
}
