using JobQueue.Monitoring.Repairs;
using JobQueue.Monitoring.Verification;
using JobQueue.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>What <see cref="IJobMonitor.VerifyAsync"/> says of a store.</summary>
internal static class StoreVerification
{
    public static Task<VerificationReport> VerifyAsync(this Store store)
        => WithCallsAsync(store, static calls => new Verifier(calls).RunAsync(TestContext.Current.CancellationToken));

    public static Task<RepairReport> RepairAsync(this Store store, bool dryRun)
        => WithCallsAsync(store, calls => new Repairer(calls).RunAsync(dryRun, TestContext.Current.CancellationToken));

    private static async Task<T> WithCallsAsync<T>(Store store, Func<RedisCalls, Task<T>> run)
    {
        var options = Options.Create(new JobQueueOptions { ConnectionMultiplexer = store.Connection, KeyPrefix = store.Prefix, CallTimeout = TimeSpan.FromSeconds(30) });
        await using var connection = new RedisConnection(options, TimeProvider.System, NullLogger<RedisConnection>.Instance);
        return await run(new RedisCalls(connection, options, TimeProvider.System));
    }

    /// <summary>Fails unless the host's store is as it must be. End-to-end tests end with it.</summary>
    public static async Task VerifyAsync(this TestHost host)
    {
        var report = await host.Monitor.VerifyAsync(TestContext.Current.CancellationToken);
        report.Violations.Should().BeEmpty("the store is as it must be");
        report.IsComplete.Should().BeTrue();
    }

    /// <summary>Each violation as <c>Kind job key</c>, names in place of ids, sorted.</summary>
    public static IReadOnlyList<string> Lines(this VerificationReport report)
        => [.. report.Violations
            .Select(static violation => TestJob.Shorten($"{violation.Kind} {violation.JobId?.ToString() ?? "-"} {violation.Key}"))
            .Order(StringComparer.Ordinal)];
}
