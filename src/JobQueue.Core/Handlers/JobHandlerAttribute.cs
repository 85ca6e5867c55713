using JobQueue.Retries;
using Polly;

namespace JobQueue;

/// <summary>
/// Makes a method the handler of a job. The library's source generator writes its registration, which
/// <c>AddJobHandlers()</c> adds, and methods of <see cref="IJobQueue"/> that enqueue its jobs with typed arguments. What is not set here
/// is taken from <see cref="JobQueueOptions"/>; every value is checked when the project is built.
/// </summary>
/// <param name="name">The handler's name, which jobs are stored under: it must stay the same while such jobs exist (see <see cref="Aliases"/>).</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class JobHandlerAttribute(string name) : Attribute
{
    /// <summary>The handler's name: 1 to 200 letters, digits, dots, hyphens and underscores, the first a letter or digit.</summary>
    public string Name { get; } = name;

    /// <summary>The queue its jobs wait in unless the caller chooses another; a valid name. Default: <c>default</c>.</summary>
    public string? Queue { get; set; }

    /// <summary>How urgent its jobs are unless the caller says otherwise. Default: <see cref="JobPriority.Normal"/>.</summary>
    public JobPriority Priority { get; set; }

    /// <summary>Times a failed job is tried again, 0 to 100. Default: <see cref="JobQueueOptions.MaxRetries"/>.</summary>
    public int MaxRetries { get; set; }

    /// <summary>Longest one attempt may take, in seconds, 0.001 to 86,400. Default: <see cref="JobQueueOptions.Timeout"/>.</summary>
    public double TimeoutSeconds { get; set; }

    /// <summary>How the delay before a retry grows; see <see cref="RetryBackoff.BackoffType"/>. Default: <c>Exponential</c>.</summary>
    public DelayBackoffType BackoffType { get; set; }

    /// <summary>Delay after the first failed attempt, in seconds, 0 to 604,800. Default: 2.</summary>
    public double BackoffBaseSeconds { get; set; }

    /// <summary>Longest delay, in seconds, at least <see cref="BackoffBaseSeconds"/> and at most 604,800. Default: 3,600.</summary>
    public double BackoffMaxSeconds { get; set; }

    /// <summary>Whether a delay is spread by up to 20 % either way. Default: <see langword="true"/>.</summary>
    public bool BackoffJitter { get; set; }

    /// <summary>Exceptions that end the job at once, because another attempt would fail in the same way; derived types count too. Default: none.</summary>
#pragma warning disable CA1819 // An attribute's list can only be an array.
    public Type[]? DoNotRetry { get; set; }

    /// <summary>
    /// Most of its jobs that run at the same time in one process, 1 to 1,000. Needs a <see cref="Queue"/> that no other handler of
    /// the host uses, so that its waiting jobs hold up nobody else's. Default: no limit of its own.
    /// </summary>
    public int ConcurrencyLimit { get; set; }

    /// <summary>Names the handler had before: jobs that were enqueued under them run here too. Default: none.</summary>
    public string[]? Aliases { get; set; }
#pragma warning restore CA1819

    /// <summary>The Polly pipeline around the handler; see <see cref="JobHandlerOptions.ResiliencePipeline"/>. Default: none.</summary>
    public string? ResiliencePipeline { get; set; }
}
