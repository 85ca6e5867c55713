namespace JobQueue;

/// <summary>
/// Marks a parameter of a <see cref="JobHandlerAttribute"/> method that is a service of the attempt's scope and no argument of
/// the job. A service with a key is marked with <c>[FromKeyedServices("key")]</c> instead.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromServicesAttribute : Attribute;
