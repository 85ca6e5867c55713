namespace JobQueue.SourceGeneration;

/// <summary>Names of types that the generator looks for, as <c>Namespace.Type</c>.</summary>
internal static class KnownNames
{
    public const string JobHandler = "JobQueue.JobHandlerAttribute";
    public const string Recurring = "JobQueue.RecurringAttribute";
    public const string Cron = "JobQueue.CronAttribute";
    public const string DailyAt = "JobQueue.DailyAtAttribute";
    public const string Every = "JobQueue.EveryAttribute";
    public const string JobContext = "JobQueue.JobContext";
    public const string FromServices = "JobQueue.FromServicesAttribute";
    public const string MvcFromServices = "Microsoft.AspNetCore.Mvc.FromServicesAttribute";
    public const string FromKeyedServices = "Microsoft.Extensions.DependencyInjection.FromKeyedServicesAttribute";
    public const string CancellationToken = "System.Threading.CancellationToken";
    public const string GeneratedHandlers = "JobQueue.GeneratedJobHandlers";

    public const string JsonConstructor = "System.Text.Json.Serialization.JsonConstructorAttribute";
    public const string JsonConverter = "System.Text.Json.Serialization.JsonConverterAttribute";
    public const string JsonDerivedType = "System.Text.Json.Serialization.JsonDerivedTypeAttribute";
    public const string JsonIgnore = "System.Text.Json.Serialization.JsonIgnoreAttribute";
    public const string JsonInclude = "System.Text.Json.Serialization.JsonIncludeAttribute";
    public const string JsonRequired = "System.Text.Json.Serialization.JsonRequiredAttribute";
    public const string SetsRequiredMembers = "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute";
}
