using System.Threading.Channels;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// A handler whose attempts go on until the test ends them, whatever their tokens say. What is still held when this is
/// disposed returns; dispose it before the host, so that the host does not wait for it.
/// </summary>
internal sealed class HeldJobs : IDisposable
{
    public const string Name = "hold";

    private readonly Channel<HeldAttempt> _started = Channel.CreateUnbounded<HeldAttempt>();
    private readonly List<HeldAttempt> _all = [];
    private bool _letGo;

    /// <summary>How many attempts have begun.</summary>
    public int Started
    {
        get
        {
            lock (_all)
            {
                return _all.Count;
            }
        }
    }

    public void AddTo(JobQueueBuilder jobs, Action<JobHandlerOptions>? configure = null)
        => jobs.AddJobHandler<Numbered, string?>(Name, (args, job, token) => RunAsync(args.Number, job, token), configure);

    /// <summary>The next attempt that begins.</summary>
    public Task<HeldAttempt> NextAsync() => Eventually.EndsAsync(_started.Reader.ReadAsync().AsTask());

    public void Dispose()
    {
        lock (_all)
        {
            _letGo = true;
            _all.ForEach(static attempt => attempt.Return(null));
        }
    }

    private Task<string?> RunAsync(int number, JobContext job, CancellationToken token)
    {
        var attempt = new HeldAttempt(number, job, token);
        lock (_all)
        {
            _all.Add(attempt);
            if (_letGo)
            {
                attempt.Return(null);
            }
        }

        _started.Writer.TryWrite(attempt);
        return attempt.Ended;
    }
}

/// <summary>One attempt that a test holds.</summary>
internal sealed class HeldAttempt(int number, JobContext job, CancellationToken token)
{
    private readonly TaskCompletionSource<string?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Number { get; } = number;

    public JobContext Job { get; } = job;

    public CancellationToken Token { get; } = token;

    public Task<string?> Ended => _end.Task;

    public void Return(string? result) => _end.TrySetResult(result);

    public void Throw(Exception error) => _end.TrySetException(error);

    /// <summary>Waits until the token has fired.</summary>
    public Task FiredAsync() => Eventually.HoldsAsync(() => Token.IsCancellationRequested, "the handler's token fires");

    /// <summary>Waits until the token has fired, and ends as a handler does that obeys it.</summary>
    public async Task ObeyAsync()
    {
        await FiredAsync();
        Throw(new OperationCanceledException(Token));
    }
}
