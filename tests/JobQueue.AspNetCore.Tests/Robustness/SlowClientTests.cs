using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Robustness;

/// <summary>Callers that trickle, that do not read, and that go away: others are served meanwhile, and nothing of them stays.</summary>
public sealed class SlowClientTests(TestServer server)
{
    private const string Body = """{"name":"echo","args":{"a":1}}""";
    private const int Many = 50;

    [Fact]
    public async Task Bodies_that_trickle_keep_nobody_waiting_and_are_taken_when_they_are_whole()
    {
        await using var host = await ApiHost.StartAsync(server);
        var slow = await OpenAsync(host, Many);
        foreach (var connection in slow)
        {
            await connection.BeginPostAsync("/jobs/enqueue", Body.Length);
            await connection.WriteAsync(Body[..1]);
        }

        await host.PostAsync("/jobs/enqueue", new { name = "echo" }, 201);
        for (var next = 1; next < Body.Length; next++)
        {
            await slow[0].WriteAsync(Body[next..(next + 1)]);
        }

        (await slow[0].ReadUntilAsync("job_id")).Should().StartWith("HTTP/1.1 201");
        (await host.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(2);
        slow.ForEach(static connection => connection.Dispose());
        await host.GetAsync("/health");
        host.Faults.All.Should().BeEmpty();
    }

    [Fact]
    public async Task A_body_that_never_comes_is_given_up_with_a_problem()
    {
        await using var host = await ApiHost.StartAsync(server);
        using var connection = await RawConnection.OpenAsync(host);
        await connection.BeginPostAsync("/jobs/enqueue", Body.Length);
        await connection.WriteAsync(Body[..5]);

        var answer = await connection.ReadUntilAsync("detail");

        answer.Should().StartWith("HTTP/1.1 408").And.Contain("application/problem+json").And.Contain("Request Timeout");
        (await host.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(0);
        host.Faults.All.Should().BeEmpty();
    }

    [Fact]
    public async Task Readers_that_do_not_read_keep_nobody_waiting()
    {
        await using var host = await ApiHost.StartAsync(server, queue: static options => options.RunWorkers = false);
        var text = new string('x', 4_000);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 2_000).Select(number => new JobRequest("echo", new { number, text })));
        var deaf = await OpenAsync(host, 10);
        foreach (var connection in deaf)
        {
            await connection.GetAsync("/jobs/pending");
        }

        for (var time = 0; time < 20; time++)
        {
            await host.GetAsync("/jobs/queue/stats");
        }

        (await host.GetAsync("/jobs/pending")).GetArrayLength().Should().Be(2_000);
        deaf.ForEach(static connection => connection.Dispose());
        await host.GetAsync("/health");
        host.Faults.All.Should().BeEmpty();
    }

    [Fact]
    public async Task Callers_that_go_away_in_the_middle_enqueue_nothing_and_are_no_fault_of_the_host()
    {
        await using var host = await ApiHost.StartAsync(server);
        var gone = await OpenAsync(host, Many);
        foreach (var connection in gone)
        {
            await connection.BeginPostAsync("/jobs/enqueue", Body.Length);
            await connection.WriteAsync(Body[..10]);
        }

        gone.ForEach(static connection => connection.Dispose());

        await host.PostAsync("/jobs/enqueue", new { name = "echo" }, 201);
        (await host.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(1);
        host.Faults.All.Should().BeEmpty();
    }

    [Fact]
    public async Task A_caller_that_goes_away_while_it_waits_for_a_result_leaves_its_place_to_the_next()
    {
        await using var host = await ApiHost.StartAsync(server, static api => api.MaxWaiters = 1);
        var id = (await host.PostAsync("/jobs/enqueue", new { name = "hold" }, 201)).GetProperty("job_id").GetString()!;
        var path = $"/jobs/job/{id}/result";
        var waiting = await RawConnection.OpenAsync(host);
        await waiting.GetAsync(path + "?wait=30");
        await Eventually.HoldsAsync(() => server.Connection.GetDatabase().HashExistsAsync(host.Key("waiters"), id), "it waits");
        (await StatusAsync(host, path + "?wait=1")).Should().Be(429, "the one place is taken");

        waiting.Dispose();

        await Eventually.HoldsAsync(async () => await StatusAsync(host, path + "?wait=1") == 202, "the place is free again");
        host.Faults.All.Should().BeEmpty();
    }

    private static async Task<List<RawConnection>> OpenAsync(ApiHost host, int count)
    {
        var connections = new List<RawConnection>();
        for (var opened = 0; opened < count; opened++)
        {
            connections.Add(await RawConnection.OpenAsync(host));
        }

        return connections;
    }

    private static async Task<int> StatusAsync(ApiHost host, string path)
    {
        using var response = await host.Client.GetAsync(ApiHost.Base + path, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
