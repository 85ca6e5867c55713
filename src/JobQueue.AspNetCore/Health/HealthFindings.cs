using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace JobQueue.AspNetCore.Health;

/// <summary>Gathers what a check finds: the worst of it is the status, all of it the description.</summary>
internal sealed class HealthFindings
{
    private readonly List<string> _problems = [];
    private bool _hasFailed;
    private Exception? _exception;

    public Dictionary<string, object> Data { get; } = new(StringComparer.Ordinal);

    /// <summary>Something does not work.</summary>
    public void Fail(string problem, Exception? exception = null)
    {
        _hasFailed = true;
        _exception ??= exception;
        _problems.Add(problem);
    }

    /// <summary>It works, and something has to be done.</summary>
    public void Degrade(string problem) => _problems.Add(problem);

    public HealthCheckResult ToResult(HealthStatus failureStatus) => new(
        _hasFailed ? failureStatus : _problems.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy,
        _problems.Count > 0 ? string.Join(' ', _problems) : "Redis answers, the loops turn, and jobs are taken in time.",
        _exception,
        Data);
}
