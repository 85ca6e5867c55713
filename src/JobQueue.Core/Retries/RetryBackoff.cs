using System.ComponentModel.DataAnnotations;
using Polly;

namespace JobQueue.Retries;

/// <summary>
/// How long to wait between the attempts of a job. With the defaults: about 2 s, 4 s, 8 s ... up to one hour.
/// </summary>
/// <remarks>Read once at start. Not thread-safe for writing.</remarks>
public sealed class RetryBackoff
{
    internal static readonly TimeSpan MaxDelayCeiling = TimeSpan.FromDays(7);

    /// <summary>
    /// How the delay grows with the number of the failed attempt <c>n</c> (1, 2, ...): <c>Constant</c> is
    /// <see cref="BaseDelay"/>, <c>Linear</c> is <c>BaseDelay · n</c>, <c>Exponential</c> is <c>BaseDelay · 2^(n-1)</c>.
    /// Default: <c>Exponential</c>.
    /// </summary>
    public DelayBackoffType BackoffType { get; set; } = DelayBackoffType.Exponential;

    /// <summary>Delay after the first failed attempt, 0 to 7 days. Default: 2 s.</summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest delay, jitter included, at least <see cref="BaseDelay"/> and at most 7 days. Default: 1 h.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether a delay is spread by up to 20 % either way, so that jobs that failed together do not come back
    /// together. Default: <see langword="true"/>.
    /// </summary>
    public bool UseJitter { get; set; } = true;

    internal IEnumerable<ValidationResult> Validate(string member)
    {
        if (!Enum.IsDefined(BackoffType))
        {
            yield return new ValidationResult($"{member}.BackoffType ({(int)BackoffType}) must be Constant, Linear or Exponential.", [member]);
        }

        if (BaseDelay < TimeSpan.Zero || BaseDelay > MaxDelayCeiling)
        {
            yield return new ValidationResult($"{member}.BaseDelay ({BaseDelay}) must be between 00:00:00 and {MaxDelayCeiling}.", [member]);
        }

        if (MaxDelay < BaseDelay || MaxDelay > MaxDelayCeiling)
        {
            yield return new ValidationResult($"{member}.MaxDelay ({MaxDelay}) must be at least BaseDelay ({BaseDelay}) and at most {MaxDelayCeiling}.", [member]);
        }
    }
}
