using System.ComponentModel.DataAnnotations;
using JobQueue.Diagnostics;
using JobQueue.Enqueueing;

namespace JobQueue.Handlers;

/// <summary>A handler that this process can run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">Its settings.</param>
/// <param name="Invoke">Reads its arguments from the context, runs it, and sets its result there.</param>
internal sealed record HandlerRegistration(string Name, JobHandlerOptions Options, Func<JobContext, Task> Invoke)
{
    private const int MaxConcurrencyLimit = 1_000;

    /// <summary>Its jobs that run now are counted here when it has a limit.</summary>
    public HandlerLimit? Limit { get; } = Options.ConcurrencyLimit is { } limit ? new HandlerLimit(limit) : null;

    /// <summary>
    /// Tells the type of its arguments, <see langword="null"/> when it has none; unset when nobody knows. A call, so that the type is not loaded before it is needed.
    /// </summary>
    public Func<Type?>? ArgsType { get; init; }

    public static HandlerRegistration Create(string name, JobHandlerOptions options, Func<JobContext, Task> invoke, Func<Type?>? argsType = null)
    {
        if (!Names.IsValid(name))
        {
            throw Errors.InvalidHandlerName(name);
        }

        foreach (var problem in FindProblems(options))
        {
            throw Errors.InvalidHandlerSetting(name, problem);
        }

        return new HandlerRegistration(name, options, invoke) { ArgsType = argsType };
    }

    private static IEnumerable<string> FindProblems(JobHandlerOptions options)
    {
        if (options.Queue is { } queue && !Names.IsValid(queue))
        {
            yield return $"Queue '{Names.Shorten(queue)}' is not a valid name: {Names.Rule}.";
        }

        if (options.Priority is { } priority && !JobPriorities.IsDefined(priority))
        {
            yield return $"Priority {(int)priority} does not exist.";
        }

        if (options.MaxRetries is < 0 or > EnqueueRules.MaxRetriesCeiling)
        {
            yield return $"MaxRetries is {options.MaxRetries}, and must be from 0 to {EnqueueRules.MaxRetriesCeiling}.";
        }

        if (options.Timeout is { } timeout && (timeout < EnqueueRules.TimeoutFloor || timeout > EnqueueRules.TimeoutCeiling))
        {
            yield return $"Timeout is {timeout}, and must be at least 1 ms and at most 24 hours.";
        }

        foreach (var type in options.DoNotRetry)
        {
            if (type is null || !typeof(Exception).IsAssignableFrom(type))
            {
                yield return $"DoNotRetry holds {type?.FullName ?? "null"}, which is no exception type.";
            }
        }

        foreach (var alias in options.Aliases)
        {
            if (!Names.IsValid(alias))
            {
                yield return $"Alias '{Names.Shorten(alias)}' is not a valid name: {Names.Rule}.";
            }
        }

        if (options.ConcurrencyLimit is < 1 or > MaxConcurrencyLimit)
        {
            yield return $"ConcurrencyLimit is {options.ConcurrencyLimit}, and must be from 1 to {MaxConcurrencyLimit}. To run none of its jobs, pause the queue.";
        }

        if (options is { ConcurrencyLimit: not null, Queue: null })
        {
            yield return "ConcurrencyLimit needs a queue for this handler alone: set Queue.";
        }

        if (options.ResiliencePipeline is { } pipeline && string.IsNullOrWhiteSpace(pipeline))
        {
            yield return "ResiliencePipeline is blank. Name a pipeline, or leave it unset.";
        }

        foreach (var result in options.Backoff?.Validate(nameof(options.Backoff)) ?? Enumerable.Empty<ValidationResult>())
        {
            yield return result.ErrorMessage!;
        }
    }
}
