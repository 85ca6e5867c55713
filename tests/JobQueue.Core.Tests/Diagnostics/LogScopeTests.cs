using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JobQueue.Core.Tests.Diagnostics;

/// <summary>What is logged during an attempt says which one it is.</summary>
public sealed class LogScopeTests(TestServer server)
{
    [Fact]
    public async Task Lines_of_a_handler_and_of_the_library_about_it_carry_the_job()
    {
        using var log = new ScopedLog();
        await using var host = await TestHost.StartAsync(server, jobs =>
        {
            jobs.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(log));
            jobs.AddJobHandler<Numbered, int>("work", static (_, job, _) =>
            {
                var logger = job.Services.GetRequiredService<ILogger<LogScopeTests>>();
                logger.Log(LogLevel.Information, "in attempt {Number}", job.Attempt);
                return job.Attempt < 2 ? throw new InvalidDataException("again") : Task.FromResult(1);
            });
        });

        var id = await host.Jobs.EnqueueAsync("work", new Numbered(1));
        await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(30));

        string Scope(int attempt) => $"JobId={id} JobName=work Attempt={attempt}";
        log.Lines.Where(static line => line.Message.StartsWith("in attempt", StringComparison.Ordinal)).Should().Equal(
            ("in attempt 1", Scope(1)), ("in attempt 2", Scope(2)));
        log.Lines.Single(static line => line.Message.Contains("next try", StringComparison.Ordinal)).Scope.Should().Be(Scope(1), "the library's own lines about an attempt are within it");
        log.Texts.Should().Contain($"JobId:{id} JobName:work Attempt:1");
        log.Lines.Where(line => !line.Message.Contains(id.ToString(), StringComparison.Ordinal) && !line.Message.StartsWith("in ", StringComparison.Ordinal))
            .Should().OnlyContain(static line => line.Scope == "", "it ends with the attempt");
    }

    /// <summary>Keeps lines with the scopes around them.</summary>
    private sealed class ScopedLog : ILoggerProvider, ILogger, ISupportExternalScope
    {
        private IExternalScopeProvider? _scopes;

        public ConcurrentQueue<(string Message, string Scope)> Lines { get; } = new();

        public ConcurrentQueue<string?> Texts { get; } = new();

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => _scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var parts = new List<string>();
            _scopes?.ForEachScope(
                (scope, all) =>
                {
                    Texts.Enqueue(scope?.ToString());
                    all.AddRange(((IEnumerable<KeyValuePair<string, object?>>)scope!).Select(static part => $"{part.Key}={part.Value}"));
                },
                parts);
            Lines.Enqueue((formatter(state, exception), string.Join(' ', parts)));
        }

        public void Dispose()
        {
        }
    }
}
