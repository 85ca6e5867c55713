using System.Globalization;
using JobQueue.ChaosWorker;
using StackExchange.Redis;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>One note of a handler.</summary>
/// <param name="Id">The job.</param>
/// <param name="Process">The start of a worker process, <see cref="WorkerSettings.Process"/>.</param>
/// <param name="At">When, by the machine's clock, in ms.</param>
/// <param name="EnqueuedAt">When the job was enqueued, in ms.</param>
/// <param name="RecurringJob">What the job belongs to; empty when it was enqueued by itself.</param>
/// <param name="Occurrence">What it is for, in ms; null when it was enqueued by itself.</param>
internal sealed record AuditNote(JobId Id, string Process, long At, long EnqueuedAt, string RecurringJob, long? Occurrence);

/// <summary>What handlers noted of themselves and hosts logged, in lists that the queue knows nothing of.</summary>
internal sealed class Audit(AuditServer server)
{
    public string Prefix { get; } = "audit" + Guid.NewGuid().ToString("N")[..10];

    public string ConnectionString => server.ConnectionString;

    /// <summary>Every start of a handler.</summary>
    public Task<IReadOnlyList<AuditNote>> StartsAsync() => NotesAsync(AuditLists.Started);

    /// <summary>Every time a handler did all its work.</summary>
    public Task<IReadOnlyList<AuditNote>> CompletionsAsync() => NotesAsync(AuditLists.Completed);

    /// <summary>Every time a handler was ended by its token.</summary>
    public Task<IReadOnlyList<AuditNote>> FiredAsync() => NotesAsync(AuditLists.Fired);

    public Task<long> CountStartsAsync() => server.Database.ListLengthAsync(KeyOf(AuditLists.Started));

    public Task<long> CountCompletionsAsync() => server.Database.ListLengthAsync(KeyOf(AuditLists.Completed));

    /// <summary>What a worker's process used each time it was measured, in bytes.</summary>
    public async Task<IReadOnlyList<(double Heap, double Resident)>> MeasurementsAsync()
        => [.. (await server.Database.ListRangeAsync(KeyOf(AuditLists.Measured))).Select(static line => ((string)line!).Split('|'))
            .Select(static parts => (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture)))];

    /// <summary>What the hosts logged.</summary>
    public async Task<IReadOnlyList<(string Process, int EventId, string Message)>> LogAsync()
        => [.. (await server.Database.ListRangeAsync(KeyOf(AuditLists.Logged))).Select(static line => ((string)line!).Split('|', 3))
            .Select(static parts => (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]))];

    public async Task<int> CountLoggedAsync(int eventId) => (await LogAsync()).Count(line => line.EventId == eventId);

    public Task RemoveAsync() => server.Database.KeyDeleteAsync(
        [.. new[] { AuditLists.Started, AuditLists.Completed, AuditLists.Fired, AuditLists.Logged, AuditLists.Measured }.Select(list => (RedisKey)KeyOf(list))]);

    private async Task<IReadOnlyList<AuditNote>> NotesAsync(string list)
        => [.. (await server.Database.ListRangeAsync(KeyOf(list))).Select(static line => ((string)line!).Split('|'))
            .Select(static parts => new AuditNote(JobId.Parse(parts[0]), parts[1], ToMs(parts[2]), ToMs(parts[3]), parts[4], parts[5].Length == 0 ? null : ToMs(parts[5])))];

    private static long ToMs(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private string KeyOf(string list) => Prefix + ":" + list;
}
