using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>Keeps what a host logs, by event id.</summary>
internal sealed class RecordedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int EventId, string Message)> _lines = new();

    public int Count(int eventId) => _lines.Count(line => line.EventId == eventId);

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
