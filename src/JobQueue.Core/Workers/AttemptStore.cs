using JobQueue.Diagnostics;
using JobQueue.Handlers;

namespace JobQueue.Workers;

/// <summary>
/// What one attempt writes beside its job's record, made when it is first asked for. Each write carries the lease's token: once
/// Redis has refused one, the handler's token fires and nothing more is sent. Safe to use from any thread.
/// </summary>
internal sealed class AttemptStore(AttemptStores stores, Lease lease, JobId id, CancellationToken stopping) : IAttemptStore
{
    private readonly Lock _gate = new();
    private AttemptJournal? _journal;
    private AttemptSteps? _steps;
    private volatile bool _hasEnded;

    public Task ReportProgressAsync(double fraction, string? message) => _hasEnded ? Task.CompletedTask : Journal.ReportAsync(fraction, message);

    public Task LogAsync(string line) => _hasEnded ? Task.CompletedTask : Journal.LogAsync(line);

    public Task OnceAsync(string step, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
        => _hasEnded ? throw Errors.NoAttempt() : Steps.OnceAsync(step, action, cancellationToken);

    public Task<T> OnceAsync<T>(string step, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
        => _hasEnded ? throw Errors.NoAttempt() : Steps.OnceAsync(step, action, cancellationToken);

    /// <summary>The handler has ended. What it wrote without waiting for it goes out before the attempt is reported, which ends the lease.</summary>
    public Task EndAsync()
    {
        _hasEnded = true;
        lock (_gate)
        {
            return _journal?.FlushAsync() ?? Task.CompletedTask;
        }
    }

    private AttemptJournal Journal
    {
        get
        {
            lock (_gate)
            {
                return _journal ??= new AttemptJournal(stores, lease);
            }
        }
    }

    private AttemptSteps Steps
    {
        get
        {
            lock (_gate)
            {
                return _steps ??= new AttemptSteps(stores, lease, id, stopping);
            }
        }
    }
}
