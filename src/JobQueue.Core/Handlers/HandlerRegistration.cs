using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using JobQueue.Diagnostics;
using JobQueue.Enqueueing;

namespace JobQueue.Handlers;

/// <summary>Calls a handler: reads its arguments, runs it, writes its result as JSON, or null when it has none.</summary>
internal delegate Task<byte[]?> HandlerInvoker(
    ReadOnlyMemory<byte> args, JobContext job, JsonSerializerOptions serializerOptions, CancellationToken cancellationToken);

/// <summary>A handler that this process can run.</summary>
internal sealed record HandlerRegistration(string Name, JobHandlerOptions Options, HandlerInvoker Invoke)
{
    public static HandlerRegistration Create(string name, Action<JobHandlerOptions>? configure, HandlerInvoker invoke)
    {
        if (!Names.IsValid(name))
        {
            throw Errors.InvalidHandlerName(name);
        }

        var options = new JobHandlerOptions();
        configure?.Invoke(options);
        foreach (var problem in FindProblems(options))
        {
            throw Errors.InvalidHandlerSetting(name, problem);
        }

        return new HandlerRegistration(name, options, invoke);
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

        foreach (var result in options.Backoff?.Validate(nameof(options.Backoff)) ?? Enumerable.Empty<ValidationResult>())
        {
            yield return result.ErrorMessage!;
        }
    }
}
