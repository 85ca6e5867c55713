using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>Keeps what a host logs, by event id.</summary>
internal sealed class RecordedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int EventId, string Message)> _lines = new();

    public int Count(int eventId) => _lines.Count(line => line.EventId == eventId);

    /// <summary>Makes a host log here.</summary>
    public void Record(JobQueueBuilder jobs, LogLevel least = LogLevel.Information)
        => jobs.Services.AddLogging(logging => logging.SetMinimumLevel(least).AddProvider(this));

    public int Total => _lines.Count;

    public IEnumerable<string> Messages(int eventId) => _lines.Where(line => line.EventId == eventId).Select(static line => line.Message);

    public override string ToString() => string.Join('\n', _lines.Select(static line => $"{line.EventId} {line.Message}"));

    /// <summary>The first message of an event.</summary>
    public string? Find(int eventId) => _lines.FirstOrDefault(line => line.EventId == eventId).Message;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => _lines.Enqueue((eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
    }
}
