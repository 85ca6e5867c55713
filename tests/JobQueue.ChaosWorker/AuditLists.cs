using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace JobQueue.ChaosWorker;

/// <summary>
/// Notes what handlers do, and what the host logs, in lists on a server that the queue knows nothing of. A handler goes on
/// only when its note is stored, so that a kill loses no note of what the handler did after it.
/// </summary>
public sealed class AuditLists(IConnectionMultiplexer connection, WorkerSettings settings) : ILoggerProvider, ILogger
{
    public const string Started = "started";
    public const string Completed = "completed";
    public const string Fired = "fired";
    public const string Logged = "logged";
    public const string Measured = "measured";

    private readonly IDatabase _database = connection.GetDatabase();

    /// <summary>An async call of the client has no time-out, and a connection over which nothing is answered would make every handler of the process wait for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Connects, and again when nothing is answered over the new connection.</summary>
    public static async Task<ConnectionMultiplexer> ConnectAsync(string configuration)
    {
        while (true)
        {
            var connection = await ConnectionMultiplexer.ConnectAsync(configuration);
            try
            {
                await connection.GetDatabase().PingAsync().WaitAsync(Patience / 6);
                return connection;
            }
            catch (TimeoutException)
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>Stored when the task has ended.</summary>
    /// <exception cref="TimeoutException">It was not answered; the attempt fails.</exception>
    public Task NoteAsync(string list, JobContext job) => _database.ListRightPushAsync(KeyOf(list), Line(job)).WaitAsync(Patience);

    /// <summary>Sent, and stored without this thread or any other of the pool: for handlers that block them all.</summary>
    public void Send(string list, JobContext job) => _database.ListRightPush(KeyOf(list), Line(job), flags: CommandFlags.FireAndForget);

    /// <summary>What lives on the managed heap when all garbage is gone, and the process's resident memory, in bytes.</summary>
    public Task MeasureAsync()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return _database.ListRightPushAsync(
            KeyOf(Measured), string.Create(CultureInfo.InvariantCulture, $"{GC.GetTotalMemory(forceFullCollection: false)}|{Environment.WorkingSet}"));
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => _database.ListRightPush(
            KeyOf(Logged), string.Create(CultureInfo.InvariantCulture, $"{settings.Process}|{eventId.Id}|{formatter(state, exception)} {exception}"), flags: CommandFlags.FireAndForget);

    public void Dispose()
    {
    }

    private string KeyOf(string list) => settings.AuditPrefix + ":" + list;

    private string Line(JobContext job) => string.Create(
        CultureInfo.InvariantCulture,
        $"{job.Id}|{settings.Process}|{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}|{job.EnqueuedAt.ToUnixTimeMilliseconds()}|{job.RecurringJob}|{job.Occurrence?.ToUnixTimeMilliseconds()}");
}
