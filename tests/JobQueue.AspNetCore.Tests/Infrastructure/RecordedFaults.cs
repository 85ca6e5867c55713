using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JobQueue.AspNetCore.Tests.Infrastructure;

/// <summary>Keeps what a host logs as errors.</summary>
internal sealed class RecordedFaults : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _all = new();

    public IReadOnlyCollection<string> All => _all;

    public ILogger CreateLogger(string categoryName) => new Recorder(categoryName, _all);

    public void Dispose()
    {
    }

    private sealed class Recorder(string category, ConcurrentQueue<string> all) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                all.Enqueue($"{category}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
