namespace JobQueue.Handlers;

/// <summary>What a running attempt may write beside its job's record. Safe to use from any thread.</summary>
internal interface IAttemptStore
{
    Task ReportProgressAsync(double fraction, string? message);

    Task LogAsync(string line);

    Task OnceAsync(string step, Func<CancellationToken, Task> action, CancellationToken cancellationToken);

    Task<T> OnceAsync<T>(string step, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken);
}
