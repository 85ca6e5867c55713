using System.Text.Json.Serialization;
using JobQueue.AspNetCore.FailedJobs;
using JobQueue.AspNetCore.JobService;
using JobQueue.AspNetCore.Operations;
using JobQueue.AspNetCore.Rest;

namespace JobQueue.AspNetCore.Http;

/// <summary>How every answer is written: <c>snake_case</c>, times in UTC, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(ApiTime)])]
[JsonSerializable(typeof(ApiProblem))]
[JsonSerializable(typeof(HealthShape))]
[JsonSerializable(typeof(QueueStatsShape))]
[JsonSerializable(typeof(FleetShape))]
[JsonSerializable(typeof(SchedulerShape))]
[JsonSerializable(typeof(StatsShape))]
[JsonSerializable(typeof(HandlerShape[]))]
[JsonSerializable(typeof(EnqueuedShape))]
[JsonSerializable(typeof(JobShape))]
[JsonSerializable(typeof(IAsyncEnumerable<JobShape>))]
[JsonSerializable(typeof(ResultShape))]
[JsonSerializable(typeof(CancelledShape))]
[JsonSerializable(typeof(DoneShape))]
[JsonSerializable(typeof(ClearedShape))]
[JsonSerializable(typeof(ScheduledShape))]
[JsonSerializable(typeof(TaskDoneShape))]
[JsonSerializable(typeof(RemovedShape))]
[JsonSerializable(typeof(StartedShape))]
[JsonSerializable(typeof(IAsyncEnumerable<FailedJobShape>))]
[JsonSerializable(typeof(RetriedAllShape))]
[JsonSerializable(typeof(ClearedAllShape))]
[JsonSerializable(typeof(StatusShape))]
[JsonSerializable(typeof(RestJobShape[]))]
[JsonSerializable(typeof(BatchShape))]
[JsonSerializable(typeof(DeadLetterListShape))]
[JsonSerializable(typeof(ScheduledJobShape[]))]
[JsonSerializable(typeof(RestStatsShape))]
[JsonSerializable(typeof(RestHealthShape))]
[JsonSerializable(typeof(CountsShape))]
[JsonSerializable(typeof(OverviewShape))]
[JsonSerializable(typeof(HistoryShape))]
[JsonSerializable(typeof(HandlerStatsShape))]
[JsonSerializable(typeof(WorkerListShape))]
[JsonSerializable(typeof(QueueListShape))]
[JsonSerializable(typeof(QueuePausedShape))]
[JsonSerializable(typeof(QueuePurgedShape))]
[JsonSerializable(typeof(GroupListShape))]
[JsonSerializable(typeof(GroupDoneShape))]
[JsonSerializable(typeof(RetriedShape))]
[JsonSerializable(typeof(JobDetailsShape))]
[JsonSerializable(typeof(JobLogShape))]
[JsonSerializable(typeof(BulkShape))]
[JsonSerializable(typeof(PreviewShape))]
[JsonSerializable(typeof(RecurringListShape))]
[JsonSerializable(typeof(JobChangesShape))]
[JsonSerializable(typeof(ResetShape))]
internal sealed partial class ApiJson : JsonSerializerContext;
