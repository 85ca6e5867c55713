using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Monitoring;

/// <summary>A test that looks at its own store through a client that runs no jobs.</summary>
public abstract class MonitorTest(TestServer server) : StoreTest(server)
{
    private TestHost? _client;

    private protected TestHost Client => _client ?? throw new InvalidOperationException("The test has not begun.");

    private protected IJobMonitor Monitor => Client.Monitor;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _client = await TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    /// <summary>The names of the jobs of every page, and between two pages whatever the test lets happen.</summary>
    private protected async Task<List<string>> WalkAsync(JobState? state, int limit, Func<int, Task>? betweenPages = null)
    {
        var names = new List<string>();
        string? cursor = null;
        var pages = 0;
        do
        {
            var page = await Monitor.ListAsync(state, limit, cursor, TestContext.Current.CancellationToken);
            page.Jobs.Should().HaveCountLessThanOrEqualTo(limit);
            names.AddRange(page.Jobs.Select(static job => TestJob.Shorten(job.Id.ToString())));
            if (state is { } listed)
            {
                page.Jobs.Where(job => job.State != listed).Should().BeEmpty();
            }

            cursor = page.NextCursor;
            pages++;
            if (cursor is not null && betweenPages is not null)
            {
                await betweenPages(pages);
            }
        }
        while (cursor is not null);
        return names;
    }

    /// <summary>Names in the order of their ids: <c>0000</c>, <c>0001</c>, ...</summary>
    private protected static string[] Names(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(static n => n.ToString("00000", null))];
}
