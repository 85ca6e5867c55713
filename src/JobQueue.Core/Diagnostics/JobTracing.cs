using System.Diagnostics;

namespace JobQueue.Diagnostics;

/// <summary>The spans of this library, by OpenTelemetry's conventions for messaging. Nothing is made while nobody listens.</summary>
internal static class JobTracing
{
    private const string Send = "send";
    private const string Process = "process";

    private static readonly ActivitySource Source = new(TelemetryTags.Scope, typeof(JobTracing).Assembly.GetName().Version?.ToString(3));

    /// <summary>Whether it is worth finding out what a span would say.</summary>
    public static bool IsListenedTo => Source.HasListeners();

    /// <param name="queue">Where the jobs go; null when they go to several queues.</param>
    /// <param name="count">How many jobs a bulk call has; null for a single one.</param>
    public static Activity? StartSend(string? queue, int? count)
    {
        var tags = Tags(Send, queue);
        if (count is { } jobs)
        {
            tags.Add(TelemetryTags.BatchCount, jobs);
        }

        return Source.StartActivity(ActivityKind.Producer, tags: tags, name: queue is null ? Send : $"{Send} {queue}");
    }

    /// <summary>The span of an attempt: a child of the enqueue's, and linked with it, which is what the conventions ask for.</summary>
    public static Activity? StartProcess(JobRecord job, int attempt, string workerId)
    {
        var tags = Tags(Process, job.Queue);
        tags.Add(TelemetryTags.JobId, job.Id.ToString());
        tags.Add(TelemetryTags.JobName, job.Name);
        tags.Add(TelemetryTags.Attempt, attempt);
        tags.Add(TelemetryTags.WorkerId, workerId);
        var name = $"{Process} {job.Queue}";
        return ActivityContext.TryParse(job.TraceParent, job.TraceState, isRemote: true, out var enqueue)
            ? Source.StartActivity(ActivityKind.Consumer, enqueue, tags, [new ActivityLink(enqueue)], name: name)
            : Source.StartActivity(ActivityKind.Consumer, tags: tags, name: name);
    }

    /// <summary>The operation has failed.</summary>
    public static void Fail(Activity? span, Exception error) => Fail(span, error, error.GetType().FullName);

    /// <inheritdoc cref="Fail(Activity?, Exception)" />
    public static void Fail(Activity? span, Exception error, string? errorType)
    {
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(TelemetryTags.ErrorType, errorType).SetStatus(ActivityStatusCode.Error, error.Message).AddException(error);
        }
    }

    private static ActivityTagsCollection Tags(string operation, string? queue)
    {
        var tags = new ActivityTagsCollection
        {
            { TelemetryTags.System, TelemetryTags.SystemName },
            { TelemetryTags.OperationName, operation },
            { TelemetryTags.OperationType, operation },
        };
        if (queue is not null)
        {
            tags.Add(TelemetryTags.Queue, queue);
        }

        return tags;
    }
}
