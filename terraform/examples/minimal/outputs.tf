output "url" {
  description = "Where the service answers, once domain_name leads to dns_name."
  value       = module.load_balancer.url
}

output "dns_name" {
  description = "The load balancer's own name."
  value       = module.load_balancer.dns_name
}

output "repository_url" {
  description = "Where to push the image."
  value       = module.registry.repository_urls["web"]
}
